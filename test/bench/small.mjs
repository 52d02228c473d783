// Durable 4 KiB uploads per second from 16 clients, each answered only when its bytes and its row are synced.
// npm run bench:small -- [--clients 16] [--bytes 4096] [--seconds 5] [--url ...] [--key-file ...]
import { randomBytes } from 'node:crypto';
import net from 'node:net';
import { assertReady, readArguments, readKey, report } from './platform.mjs';

const args = readArguments({ clients: 16, bytes: 4096, seconds: 5, warmup: 2 });
const clients = Number(args.clients);
const bytes = Number(args.bytes);
await assertReady(args.url);
const key = await readKey(args.keyFile);
const { hostname, port, host } = new URL(args.url);

let done = 0;
let failed = 0;
const times = [];
let counting = false;
const stopAt = performance.now() + (Number(args.warmup) + Number(args.seconds)) * 1000;
setTimeout(
  () => {
    counting = true;
    done = 0;
    times.length = 0;
  },
  Number(args.warmup) * 1000,
);

/** One keep-alive connection, one request at a time: a bare client, so that the machine's cores go to the platform. */
function client() {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host: hostname, port: Number(port) });
    socket.setNoDelay(true);
    const head = Buffer.from(
      `PUT /content/add?filename=small HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${bytes}\r\n\r\n`,
    );
    let sentAt = 0;
    let text = '';
    const send = () => {
      sentAt = performance.now();
      socket.write(Buffer.concat([head, randomBytes(bytes)]));
    };
    socket.on('connect', send);
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const end = text.indexOf('\r\n\r\n');
      const length = /content-length: (\d+)/i.exec(text)?.[1];
      if (end < 0 || length === undefined || text.length < end + 4 + Number(length)) return;
      if (text.startsWith('HTTP/1.1 200')) done += 1;
      else failed += 1;
      if (counting) times.push(performance.now() - sentAt);
      text = '';
      if (performance.now() < stopAt) return send();
      socket.end();
      resolve();
    });
    socket.on('error', reject);
  });
}

await Promise.all(Array.from({ length: clients }, client));
times.sort((a, b) => a - b);
const rate = done / Number(args.seconds);
const at = (share) => times[Math.floor(times.length * share)] ?? 0;
await report(
  'small',
  [
    ['uploads', `${bytes} bytes each, ${clients} clients, ${args.seconds} s after ${args.warmup} s of warm-up`],
    ['durable uploads per second', rate.toFixed(0)],
    ['answer after', `${at(0.5).toFixed(1)} ms median, ${at(0.99).toFixed(1)} ms at the 99th percentile`],
    ['failed', String(failed)],
  ],
  { clients, bytes, seconds: Number(args.seconds), uploadsPerSecond: rate, medianMs: at(0.5), p99Ms: at(0.99), failed },
);
process.exitCode = failed > 0 ? 1 : 0;
