// The operations of ../c as a script: node baseline.mjs OPERATION RUNS WARM-UP-RUNS WARM-UP-MS [PROGRAM], in a
// directory of its own. Prints what the C program prints. PROGRAM is the C program, which process operations start.
import { spawn, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { setImmediate as immediate, setTimeout as delay } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const SMALL = 4 << 10;
const CHUNK = 64 << 10;
const BIG = 1 << 20;
const STREAM = 4 << 20;
const STORM = 100;

const [name, runs, warmUpRuns, warmUpMillis, program] = process.argv.slice(2);
const data = Buffer.alloc(BIG, 'abcdefghijklmnopqrstuvwxyz');
const small = data.subarray(0, SMALL);
const nothing = () => {};

function smallFile() {
  fs.writeFileSync('small', small);
}

function require(holds, what) {
  if (!holds) {
    throw new Error(what);
  }
}

function listed(files) {
  return [
    1,
    () => {
      fs.mkdirSync('listed');
      for (let i = 0; i < files; i++) {
        fs.writeFileSync(`listed/file-${i}`, '');
      }
    },
    () => require(fs.readdirSync('listed').length === files, 'readdir'),
  ];
}

function deepTree() {
  fs.mkdirSync('d/'.repeat(31), { recursive: true });
  fs.writeFileSync('d/'.repeat(31) + 'f', '');
}

function copy(from) {
  const input = fs.openSync(from, 'r');
  const output = fs.openSync('copy', 'w', 0o644);
  const room = Buffer.allocUnsafe(CHUNK);
  for (let moved; (moved = fs.readSync(input, room, 0, CHUNK, null)) > 0; ) {
    fs.writeSync(output, room, 0, moved);
  }
  fs.closeSync(input);
  fs.closeSync(output);
}

async function pass(stages, bytes) {
  const first = new PassThrough();
  const chain = Array.from({ length: stages - 1 }, () => new PassThrough());
  let total = 0;
  const end = pipeline(first, ...chain, async (source) => {
    for await (const chunk of source) {
      total += chunk.length;
    }
  });
  for (let done = 0; done < bytes; done += CHUNK) {
    first.write(data.subarray(0, Math.min(CHUNK, bytes - done)));
  }
  first.end();
  await end;
  require(total === bytes, 'pass through');
}

function capture(what, bytes, input) {
  const child = spawnSync(program, ['--child', what], { input, maxBuffer: 2 * BIG });
  require(child.status === 0 && child.stdout.length === bytes, `child ${what}`);
}

function fanOut(children) {
  return Promise.all(
    Array.from(
      { length: children },
      () =>
        new Promise((resolve, reject) => {
          const child = spawn(program, ['--child', 'quiet'], { stdio: 'ignore' });
          child.on('error', reject);
          child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`child: ${code}`))));
        }),
    ),
  );
}

let nullDevice;

// name: runs in a sample, preparation, one run
const operations = {
  'fs/open_close_churn': [1, smallFile, () => {
    for (let i = 0; i < STORM; i++) {
      fs.closeSync(fs.openSync('small', 'r'));
    }
  }],
  'fs/stat_storm': [1, smallFile, () => {
    for (let i = 0; i < STORM; i++) {
      fs.statSync('small');
    }
  }],
  'fs/stat_deep_storm': [1, deepTree, () => {
    const deep = 'd/'.repeat(31) + 'f';
    for (let i = 0; i < STORM; i++) {
      fs.statSync(deep);
    }
  }],
  'fs/fs_write_small': [10, nothing, smallFile],
  'fs/fs_write_big': [1, nothing, () => fs.writeFileSync('big', data)],
  'fs/fs_read_small': [10, smallFile, () => require(fs.readFileSync('small').length === SMALL, 'read')],
  'fs/fs_read_big': [1, () => fs.writeFileSync('big', data), () =>
    require(fs.readFileSync('big').length === BIG, 'read')],
  'fs/create_unlink': [10, nothing, () => {
    fs.closeSync(fs.openSync('new', 'wx', 0o644));
    fs.unlinkSync('new');
  }],
  'fs/mkdir_rmdir': [10, nothing, () => {
    fs.mkdirSync('directory');
    fs.rmdirSync('directory');
  }],
  'fs/rename_file': [10, smallFile, () => {
    fs.renameSync('small', 'other');
    fs.renameSync('other', 'small');
  }],
  'fs/readdir_small': listed(100),
  'fs/readdir_big': listed(1000),
  'fs/fsync_small': [10, nothing, () => {
    const fd = fs.openSync('small', 'w', 0o644);
    fs.writeSync(fd, small);
    fs.fsyncSync(fd);
    fs.closeSync(fd);
  }],
  'fs/stream_copy_small': [10, smallFile, () => copy('small')],
  'fs/stream_copy_big': [1, () => fs.writeFileSync('stream', Buffer.alloc(STREAM, 'a')), () => copy('stream')],
  'perf-finding/stdio_writeSync_8x64k': [1, () => (nullDevice = fs.openSync('/dev/null', 'w')), () => {
    for (let i = 0; i < 8; i++) {
      fs.writeSync(nullDevice, data, 0, CHUNK);
    }
  }],
  'pipes/pass_through_small': [10, nothing, () => pass(1, SMALL)],
  'pipes/pass_through_big': [1, nothing, () => pass(1, BIG)],
  'pipes/backpressure_chunks': [1, nothing, async () => {
    for (let i = 0; i < 4; i++) {
      const stream = new PassThrough({ highWaterMark: CHUNK });
      let filled = SMALL;
      while (stream.write(small)) {
        filled += SMALL;
      }
      let emptied = 0;
      while (emptied < filled) {
        emptied += stream.read()?.length ?? (await immediate(), 0);
      }
    }
  }],
  'process/pipe_chain_3': [10, nothing, () => pass(3, SMALL)],
  'timers/settimeout_zero_x100': [1, nothing, async () => {
    for (let i = 0; i < 100; i++) {
      await delay(0);
    }
  }],
  'timers/settimeout_1ms_x50': [1, nothing, async () => {
    for (let i = 0; i < 50; i++) {
      await delay(1);
    }
  }],
  'timers/setimmediate_x1000': [1, nothing, async () => {
    for (let i = 0; i < 1000; i++) {
      await immediate();
    }
  }],
  'control/cpu_loop': [1, nothing, () => {
    let state = 2463534242;
    for (let i = 0; i < 1000000; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
    }
    globalThis.result = state;
  }],
  'control/alloc_free': [1, nothing, () => {
    const blocks = [];
    for (let i = 0; i < 10000; i++) {
      const block = new Uint8Array(16 + ((i * 37) % 1000));
      block[0] = i;
      blocks.push(block);
    }
  }],
  'process/exec_capture': [1, nothing, () => capture('quiet', 0)],
  'process/spawn_stdout_capture_small': [1, nothing, () => capture('small', SMALL)],
  'process/spawn_stdout_capture_big': [1, nothing, () => capture('big', BIG)],
  'process/spawn_stdin_roundtrip': [1, nothing, () => capture('repeat', SMALL, small)],
  'process/fanout_spawn_8': [1, nothing, () => fanOut(8)],
  'process/wait_reap_storm_8': [1, nothing, () => fanOut(8)],
};

if (name === '--list') {
  console.log(Object.keys(operations).join('\n'));
} else {
  require(operations[name], `${name}: no such operation`);
  const [batch, prepare, run] = operations[name];
  const sample = async () => {
    const start = process.hrtime.bigint();
    for (let i = 0; i < batch; i++) {
      const pending = run();
      if (pending) {
        await pending;
      }
    }
    return Number(process.hrtime.bigint() - start) / batch;
  };
  prepare();
  const lines = [`cold ${Math.round(await sample())}`];
  const warm = performance.now() + Number(warmUpMillis);
  for (let i = 0; i < Number(warmUpRuns) || performance.now() < warm; i++) {
    await sample();
  }
  const times = [];
  for (let i = 0; i < Number(runs); i++) {
    times.push(await sample());
  }
  times.forEach((time) => lines.push(`warm ${Math.round(time)}`));
  lines.push(`memory ${process.resourceUsage().maxRSS * 1024}`);
  console.log(lines.join('\n'));
}
