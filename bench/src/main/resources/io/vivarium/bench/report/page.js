'use strict';

// What the charts show, apart from the page, so that it can be drawn without one.
const report = (() => {
  const COLOURS = {
    native: '#4c78a8',
    node: '#54a24b',
    host: '#9d755d',
    wasm: '#e45756',
    js: '#f58518',
    cmd: '#b279a2',
    java: '#eeca3b',
  };
  const SYMBOLS = { wasm: 'diamond', js: 'diamond', cmd: 'diamond', java: 'diamond' };
  const NOTHING = 1e-7; // milliseconds; a logarithmic axis has no zero

  const families = (data) => [...new Set(data.rows.map((row) => row.family))];
  const lanesOf = (rows) => Object.keys(COLOURS).filter((lane) => rows.some((row) => row.lanes[lane]));
  const rowsOf = (data, family) => data.rows.filter((row) => row.family === family);

  function time(millis) {
    const [value, unit] =
      millis >= 1000 ? [millis / 1000, 's'] : millis >= 1 ? [millis, 'ms'] : millis >= 1e-3 ? [millis * 1e3, 'us'] : [millis * 1e6, 'ns'];
    return `${Number(value.toPrecision(3))} ${unit}`;
  }

  const ratio = (value) => `${Number(value.toPrecision(3))}x`;

  // From a power of ten to a power of ten, at least one apart.
  function decades(values) {
    const low = Math.floor(Math.log10(Math.min(...values)));
    const high = Math.ceil(Math.log10(Math.max(...values)));
    return { min: 10 ** low, max: 10 ** Math.max(high, low + 1) };
  }

  function frame(names, dark, format) {
    const text = dark ? '#e6e9ef' : '#1d2430';
    const line = dark ? '#39414f' : '#d5dae2';
    return {
      animation: false,
      textStyle: { color: text },
      grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { color: text } },
      tooltip: { trigger: 'item', renderMode: 'richText' },
      xAxis: {
        type: 'log',
        axisLabel: { color: text, formatter: format, hideOverlap: true },
        splitLine: { lineStyle: { color: line } },
      },
      yAxis: {
        type: 'category',
        data: names,
        inverse: true,
        axisLabel: { color: text, interval: 0 },
        axisLine: { lineStyle: { color: line } },
        splitLine: { show: true, lineStyle: { color: line } },
      },
    };
  }

  // The lanes of a family: a dot for each median, and a line to the 95th percentile.
  function lanes(data, family, dark) {
    const rows = rowsOf(data, family);
    const option = frame(rows.map((row) => row.operation), dark, time);
    const times = rows.flatMap((row) => Object.values(row.lanes)).flatMap(({ p50, p95 }) => [p50, p95]);
    Object.assign(option.xAxis, decades(times.map((millis) => Math.max(millis, NOTHING))));
    option.series = lanesOf(rows).map((lane) => ({
      name: lane,
      type: 'scatter',
      symbol: SYMBOLS[lane] || 'circle',
      symbolSize: 11,
      itemStyle: { color: COLOURS[lane] },
      data: rows
        .filter((row) => row.lanes[lane])
        .map((row) => [Math.max(row.lanes[lane].p50, NOTHING), row.operation, row.lanes[lane].p95, row.lanes[lane].cold]),
      markLine: {
        silent: true,
        symbol: 'none',
        label: { show: false },
        lineStyle: { type: 'solid', width: 2, opacity: 0.5, color: COLOURS[lane] },
        data: rows
          .filter((row) => row.lanes[lane])
          .map((row) => [
            { coord: [Math.max(row.lanes[lane].p50, NOTHING), row.operation] },
            { coord: [Math.max(row.lanes[lane].p95, NOTHING), row.operation] },
          ]),
      },
      tooltip: {
        formatter: ({ value }) =>
          `${value[1]}\n${lane}: ${time(value[0])}\n95 of 100 within ${time(value[2])}\nfirst run ${time(value[3])}`,
      },
    }));
    return option;
  }

  const compared = (data) => data.rows.filter((row) => Object.keys(row.ratios).length > 0);

  // All rows beside the host.
  function ratios(data, dark) {
    const rows = compared(data);
    const option = frame(rows.map((row) => row.row), dark, ratio);
    const names = [...new Set(rows.flatMap((row) => Object.keys(row.ratios)))];
    const values = rows.flatMap((row) => Object.values(row.ratios)).filter((value) => value > 0);
    Object.assign(option.xAxis, decades([1, 3, ...values]));
    option.series = names.map((name, index) => ({
      name,
      type: 'scatter',
      symbol: 'diamond',
      symbolSize: 11,
      itemStyle: { color: COLOURS[name.split(' ')[0]] },
      data: rows.filter((row) => row.ratios[name] > 0).map((row) => [row.ratios[name], row.row]),
      markLine:
        index > 0
          ? undefined
          : {
              silent: true,
              symbol: 'none',
              lineStyle: { color: dark ? '#a3adbd' : '#566070' },
              label: { formatter: ({ value }) => ratio(value), color: dark ? '#e6e9ef' : '#1d2430' },
              data: [{ xAxis: 1 }, { xAxis: 3 }],
            },
      tooltip: { formatter: ({ value }) => `${value[1]}\n${name}: ${ratio(value[0])}` },
    }));
    return option;
  }

  // One row in every baseline.
  function history(data, row, dark) {
    const text = dark ? '#e6e9ef' : '#1d2430';
    const days = data.history.map((day) => day.measured.slice(0, 10));
    const names = [...new Set(data.history.flatMap((day) => Object.keys(day.rows[row] || {})))];
    return {
      animation: false,
      textStyle: { color: text },
      grid: { left: 8, right: 24, top: 40, bottom: 8, containLabel: true },
      legend: { top: 0, textStyle: { color: text } },
      tooltip: { trigger: 'axis', renderMode: 'richText', valueFormatter: (value) => (value === null ? '' : ratio(value)) },
      xAxis: { type: 'category', data: days, axisLabel: { color: text } },
      yAxis: { type: 'value', min: 0, axisLabel: { color: text, formatter: ratio } },
      series: names.map((name) => ({
        name,
        type: 'line',
        symbolSize: 9,
        connectNulls: false,
        itemStyle: { color: COLOURS[name.split(' ')[0]] },
        lineStyle: { color: COLOURS[name.split(' ')[0]] },
        data: data.history.map((day) => (day.rows[row] && day.rows[row][name] !== undefined ? day.rows[row][name] : null)),
      })),
    };
  }

  const height = (count) => 90 + 24 * Math.max(count, 1);

  return { families, rowsOf, compared, lanes, ratios, history, height };
})();

if (typeof document !== 'undefined') {
  const data = JSON.parse(document.getElementById('data').textContent);
  const darkness = matchMedia('(prefers-color-scheme: dark)');
  const drawn = [];

  const draw = (element, height, option) => {
    element.style.height = `${height}px`;
    const chart = echarts.init(element);
    const redraw = () => chart.setOption(option(darkness.matches), true);
    redraw();
    drawn.push({ chart, redraw });
    return redraw;
  };

  if (report.compared(data).length > 0) {
    document.getElementById('overview').hidden = false;
    draw(document.getElementById('ratios'), report.height(report.compared(data).length), (dark) => report.ratios(data, dark));
  }

  if (data.history.length > 0) {
    document.getElementById('history').hidden = false;
    const choice = document.getElementById('row');
    for (const row of new Set(data.history.flatMap((day) => Object.keys(day.rows)))) {
      choice.append(new Option(row, row));
    }
    const redraw = draw(document.getElementById('past'), 280, (dark) => report.history(data, choice.value, dark));
    choice.addEventListener('change', redraw);
  }

  const families = document.getElementById('families');
  families.hidden = false;
  for (const family of report.families(data)) {
    const title = document.createElement('h3');
    title.textContent = family;
    const element = document.createElement('div');
    element.className = 'chart';
    element.setAttribute('role', 'img');
    element.setAttribute('aria-label', `Lanes of the family ${family}; the table has the same figures`);
    families.append(title, element);
    draw(element, report.height(report.rowsOf(data, family).length), (dark) => report.lanes(data, family, dark));
  }

  addEventListener('resize', () => drawn.forEach(({ chart }) => chart.resize()));
  darkness.addEventListener('change', () => drawn.forEach(({ redraw }) => redraw()));

  // Tables: click a title to sort, type to filter.
  const table = document.getElementById('figures');
  const body = table.tBodies[0];
  const order = [...body.rows];
  const key = (line, column) => {
    const cell = line.cells[column];
    return column === 0 ? cell.textContent : cell.dataset.value === undefined ? NaN : Number(cell.dataset.value);
  };
  const compare = (a, b) => (typeof a === 'string' ? a.localeCompare(b) : a - b);
  [...table.tHead.rows[0].cells].forEach((title, column) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...title.childNodes);
    title.append(button);
    button.addEventListener('click', () => {
      const down = title.getAttribute('aria-sort') === 'ascending';
      table.querySelectorAll('[aria-sort]').forEach((other) => other.removeAttribute('aria-sort'));
      title.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      const known = order.filter((line) => !Number.isNaN(key(line, column)));
      const unknown = order.filter((line) => Number.isNaN(key(line, column)));
      known.sort((a, b) => (down ? -1 : 1) * compare(key(a, column), key(b, column)));
      body.append(...known, ...unknown);
    });
  });

  const filter = document.getElementById('filter');
  document.getElementById('filtering').hidden = false;
  filter.addEventListener('input', () => {
    order.forEach((line) => {
      line.hidden = !line.cells[0].textContent.includes(filter.value.trim());
    });
  });
}
