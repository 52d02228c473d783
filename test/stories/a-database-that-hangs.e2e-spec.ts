import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { Platform } from './support/platform.js';

/** Nobody waits longer for an answer. */
const BOUND_MS = 15_000;
const CID_OF_NOBODY = 'bafkreidon73zkcrwdb5iafqtijxildoonbwnpv7dyd6ef3qdgads2jc4su';

let platform: Platform;
let uploading = true;
const acknowledged: { cid: string; bytes: Buffer }[] = [];

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
}, 600_000);

afterAll(async () => {
  uploading = false;
  await platform.destroy();
}, 60_000);

/** The answer, or the error when none came in time. */
async function ask(method: string, route: string, body?: Uint8Array | string, type = 'application/octet-stream') {
  const response = await fetch(platform.url + route, {
    method,
    headers: { authorization: `Bearer ${platform.key}`, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: body as Uint8Array<ArrayBuffer> }),
    signal: AbortSignal.timeout(BOUND_MS),
  });
  const text = await response.text();
  return { route: `${method} ${route}`, status: response.status, retry: response.headers.get('retry-after'), text };
}

async function uploadOnAndOn(): Promise<void> {
  while (uploading) {
    const bytes = randomBytes(2_000);
    const answer = await ask('PUT', '/content/add?filename=on.bin', bytes);
    if (answer.status === 200) acknowledged.push({ cid: (JSON.parse(answer.text) as { cid: string }).cid, bytes });
    else expect(answer).toMatchObject({ status: 503, retry: expect.any(String) });
  }
}

/** Who was stopped. */
const stopped: number[] = [];

/** PostgreSQL, then all that it has started: nothing is started any more by then. */
function stopPostgres(): void {
  const postmaster = platform.pidOf('postgres');
  if (postmaster === undefined) throw new Error('PostgreSQL does not run');
  signal(postmaster, 'SIGSTOP');
  for (const line of execFileSync('ps', ['-eo', 'pid=,ppid=']).toString().split('\n')) {
    const [pid, parent] = line.trim().split(/\s+/).map(Number);
    if (parent === postmaster && pid) signal(pid, 'SIGSTOP');
  }
}

function signal(pid: number, name: 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
    if (name === 'SIGSTOP') stopped.push(pid);
  } catch {
    // It ended by itself in the meantime.
  }
}

it('a database that hangs is 503 to everybody within seconds, and when it goes on, all goes on without a hand', async () => {
  const large = randomBytes(3_000_000);
  const kept = await platform.upload(large, 'large.bin');
  acknowledged.push({ cid: kept.cid, bytes: large });
  const pin = () => ask('POST', '/pinning/pins', JSON.stringify({ cid: CID_OF_NOBODY }), 'application/json');
  // As long as our IPFS node has not come up, pins are refused for that.
  await until(async () => (await pin()).status === 202, { timeoutMs: 60_000, what: 'pins are accepted' });
  const uploads = uploadOnAndOn();
  await until(() => acknowledged.length > 10, { timeoutMs: 60_000, what: 'uploads are stored' });
  stopPostgres();
  try {
    // The first wait until it is known that nothing comes, the second are answered by that.
    for (let round = 0; round < 2; round += 1) {
      const [health, ready, ...answers] = await Promise.all([
        ask('GET', '/health'),
        ask('GET', '/ready'),
        ask('GET', '/content/stats?limit=10'),
        ask('GET', '/pinning/pins'),
        ask('GET', `/ipfs/${CID_OF_NOBODY}`),
        ask('GET', '/deals/status/1'),
        ask('DELETE', '/content/999'),
        ask('PUT', '/content/add?filename=large.bin', randomBytes(3_000_000)),
        pin(),
      ]);
      expect(health).toMatchObject({ status: 200 });
      expect(ready).toMatchObject({ status: 503, retry: expect.any(String) });
      for (const answer of answers) {
        expect(answer).toMatchObject({ status: 503, retry: expect.any(String) });
        expect(answer.text).toMatch(/"ERR_(DATABASE_)?UNAVAILABLE"/);
      }
    }
  } finally {
    for (const pid of stopped) signal(pid, 'SIGCONT');
  }
  await platform.waitReady();
  const before = acknowledged.length;
  await until(() => acknowledged.length > before + 5, { timeoutMs: 60_000, what: 'uploads are stored again' });
  uploading = false;
  await uploads;
  for (const { cid, bytes } of acknowledged) {
    const answer = await platform.request('GET', `/ipfs/${cid}`, { key: null });
    expect([cid, answer.status, bytes.equals(Buffer.from(await answer.arrayBuffer()))]).toEqual([cid, 200, true]);
  }
}, 240_000);
