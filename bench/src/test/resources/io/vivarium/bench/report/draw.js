'use strict';

// Draws the charts of a report without a browser and says what is in the pictures.
const fs = require('fs');
const echarts = require('./echarts.js');
const report = require('./page.js');
const data = JSON.parse(fs.readFileSync('data.json', 'utf8'));

function draw(option, rows) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width: 900, height: report.height(rows) });
  chart.setOption(option);
  const picture = chart.renderToSVGString();
  const broken = /NaN|undefined|Infinity/.exec(picture);
  if (broken) {
    throw new Error(`${broken[0]} in ${picture}`);
  }
  const model = chart.getModel();
  let dots = 0;
  model.eachSeries((series) => {
    const drawn = series.getData();
    const line = drawn.getLayout('points');
    const places = line ? [...line] : drawn.mapArray((index) => drawn.getItemLayout(index)).flat();
    dots += places.filter(Number.isFinite).length / 2;
  });
  chart.dispose();
  return { dots, text: [...picture.matchAll(/<text[^>]*>([^<]*)/g)].map((match) => match[1]).join(' ') };
}

const drawn = {};
for (const dark of [false, true]) {
  for (const family of report.families(data)) {
    drawn[`lanes of ${family}`] = draw(report.lanes(data, family, dark), report.rowsOf(data, family).length);
  }
  drawn.ratios = draw(report.ratios(data, dark), report.compared(data).length);
  drawn.history = draw(report.history(data, 'fs/stat_storm', dark), 8);
}
console.log(JSON.stringify(drawn));
