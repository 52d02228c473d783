// One large file through PUT /content/add, beside `dd conv=fdatasync` of the same size on the same disk; memory of the
// API meanwhile.
// npm run bench:upload -- --size 1g [--runs 3] [--url ...] [--key-file ...] [--data <data folder>]
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  assertReady,
  listenerOf,
  mebibytes,
  parseSize,
  perSecond,
  readArguments,
  readKey,
  report,
  watchMemory,
} from './platform.mjs';

const args = readArguments({ size: '1g', runs: 3 });
const size = parseSize(args.size);
const runs = Number(args.runs);
await assertReady(args.url);
const key = await readKey(args.keyFile);
const pid = await listenerOf(args.url);
const pattern = randomBytes(64 * 1024 * 1024);

/** Never the same file twice: each run has a head of its own, and every 64 MiB a counter. */
function* fileOf(bytes) {
  const step = 256 * 1024;
  for (let sent = 0; sent < bytes; sent += step) {
    const at = sent % pattern.length;
    const part = pattern.subarray(at, at + Math.min(step, bytes - sent));
    if (at === 0) pattern.writeUInt32LE(Math.floor(Math.random() * 2 ** 32), 0);
    // Each MiB differs from the one 64 MiB before, or it would be stored once.
    if (sent % (1024 * 1024) === 0) part.writeUIntLE(sent % 2 ** 48, 4, 6);
    yield part;
  }
}

async function upload() {
  const started = performance.now();
  const answer = await new Promise((resolve, reject) => {
    const put = request(
      `${args.url}/content/add?filename=bench-${Date.now()}.bin`,
      {
        method: 'PUT',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/octet-stream', 'content-length': size },
      },
      async (response) => {
        let text = '';
        for await (const part of response) text += part;
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`${response.statusCode}: ${text}`));
      },
    );
    put.on('error', reject);
    const parts = fileOf(size);
    const more = () => {
      for (;;) {
        const next = parts.next();
        if (next.done) return put.end();
        // A copy: the pattern changes while the socket still holds the last round's bytes only for very fast senders.
        if (!put.write(next.value)) return put.once('drain', more);
      }
    };
    more();
  });
  return { answer, seconds: (performance.now() - started) / 1000 };
}

async function dd() {
  const file = join(args.data, `.bench-${process.pid}`);
  const started = performance.now();
  try {
    await promisify(execFile)('dd', [
      'if=/dev/zero',
      `of=${file}`,
      'bs=1M',
      `count=${Math.ceil(size / 1024 ** 2)}`,
      'conv=fdatasync',
    ]);
    return (performance.now() - started) / 1000;
  } finally {
    await rm(file, { force: true });
  }
}

async function remove(id) {
  await fetch(`${args.url}/content/${id}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ddSeconds = [];
const uploadSeconds = [];
const memory = pid === null ? null : watchMemory(pid);
for (let run = 0; run < runs; run++) {
  ddSeconds.push(await dd());
  const { answer, seconds } = await upload();
  uploadSeconds.push(seconds);
  await remove(answer.estuaryId);
}
const peak = await memory?.stop();
const share = median(ddSeconds) / median(uploadSeconds);
await report(
  'upload',
  [
    ['file', `${mebibytes(size)}, ${runs} runs, medians`],
    ['dd conv=fdatasync', `${median(ddSeconds).toFixed(2)} s   ${perSecond(size, median(ddSeconds))}`],
    ['PUT /content/add', `${median(uploadSeconds).toFixed(2)} s   ${perSecond(size, median(uploadSeconds))}`],
    ['share of dd', share.toFixed(2)],
    ['memory of the API at its peak', peak === undefined ? 'not known here' : mebibytes(peak)],
  ],
  { size, runs, ddSeconds, uploadSeconds, share, peakResidentBytes: peak ?? null },
);
