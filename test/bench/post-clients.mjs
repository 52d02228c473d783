// Bare keep-alive clients that post as fast as they are answered: the machine's cores go to the server.
import { randomBytes } from 'node:crypto';
import net from 'node:net';

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
/** Random bytes are drawn by the block: one call for thousands of CIDs. */
let pool = Buffer.alloc(0);
let used = 0;

/** A CIDv1 (raw, sha2-256) that nobody has. */
export function randomCid() {
  if (used + 52 > pool.length) {
    pool = randomBytes(52 * 1024);
    used = 0;
  }
  // The last of the 4 header bytes ends inside the seventh character; 256 bits of digest leave two zero bits at the
  // end.
  let text = `bafkrei${BASE32[pool[used++] & 7]}`;
  for (let n = 0; n < 50; n++) text += BASE32[pool[used++] & 31];
  return text + BASE32[(pool[used++] & 7) << 2];
}

export const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/**
 * Posts for so many seconds after a warm-up. `all` counts what was answered in the warm-up, too. Anything but `status`
 * is an error.
 */
export async function postForSeconds({ url, token, clients, warmup, seconds, body, status }) {
  const { hostname, port, host, pathname } = new URL(url);
  const began = performance.now();
  const [from, until] = [began + warmup * 1000, began + (warmup + seconds) * 1000];
  const times = [];
  let all = 0;
  let done = 0;
  const client = () =>
    new Promise((resolve, reject) => {
      const socket = net.connect({ host: hostname, port: Number(port) });
      socket.setNoDelay(true);
      const head = `POST ${pathname} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: `;
      let sentAt = 0;
      let text = '';
      const send = () => {
        const payload = body();
        sentAt = performance.now();
        socket.write(`${head}${payload.length}\r\n\r\n${payload}`, 'latin1');
      };
      socket.on('connect', send);
      socket.on('data', (data) => {
        text += data.toString('latin1');
        const end = text.indexOf('\r\n\r\n');
        const length = /content-length: (\d+)/i.exec(text)?.[1];
        if (end < 0 || length === undefined || text.length < end + 4 + Number(length)) return;
        if (!text.startsWith(`HTTP/1.1 ${status}`)) return reject(new Error(`refused: ${text}`));
        const now = performance.now();
        all += 1;
        if (now >= from && now < until) {
          done += 1;
          times.push(now - sentAt);
        }
        text = '';
        if (now < until) return send();
        socket.end();
        resolve();
      });
      socket.on('error', reject);
    });
  await Promise.all(Array.from({ length: clients }, client));
  times.sort((a, b) => a - b);
  return { perSecond: done / seconds, p50: at(times, 0.5), p99: at(times, 0.99), all };
}
