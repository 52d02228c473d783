import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform } from './support/platform.js';

interface Operation {
  method: string;
  path: string;
  secured: boolean;
}

interface Answered {
  status: number;
  text: string;
}

/** Where no key is asked for. */
const OPEN = /^\/(public|ipfs|gw|get|health|ready|metrics|login|register)(\/|$)|^\/session$/;

/** CIDs and ids that nobody has, in place of what a path asks for. */
const NOBODYS: Record<string, string> = {
  cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
  propcid: 'bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
  miner: 'f0999999',
  path: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
  requestid: '00000000-0000-4000-8000-000000000000',
  id: '987654321',
  key_or_hash: '0'.repeat(64),
};
const GARBAGE = [
  '0',
  '-1',
  '1e9',
  '99999999999999999999999',
  '9223372036854775807',
  '9223372036854775808',
  'NaN',
  '%00',
  'a%00b',
  '%ff%fe',
  '%',
  '%2F',
  '..%2F..%2Fetc%2Fpasswd',
  '%2e%2e',
  'x'.repeat(900),
  'x'.repeat(5000),
  "'%20OR%201=1--",
  '%F0%9F%98%80',
  'null',
  '%7B%7D',
  'f01000',
  'bafy',
  'Qm',
  '00000000-0000-0000-0000-000000000000',
  'bafkqaaa',
  '1.5',
  '0x10',
];
const FIELDS = [
  'limit',
  'offset',
  'before',
  'after',
  'cid',
  'name',
  'status',
  'requestid',
  'expiry',
  'label',
  'profile',
  'replication',
  '__proto__',
];
const VALUES = [
  '',
  '-1',
  '1e309',
  '99999999999999999999',
  '1.5',
  '%00',
  '%ff',
  'x'.repeat(6000),
  '%5B%5D',
  '2020-13-45T99:99:99Z',
  '-271821-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  'a,b,,c',
];
const BODIES = [
  'null',
  '[]',
  '1',
  '"x"',
  '{',
  '{"cid":null}',
  '{"cid":"bafkqaaa","origins":"x"}',
  '{"cid":"bafkqaaa","meta":{"a":{"b":1}}}',
  '{"cid":"bafkqaaa","name":"a\\u0000b"}',
  '{"cid":"bafkqaaa","meta":{"a":"\\ud800"}}',
  '{"username":"a\\u0000b"}',
  '{"username":""}',
  '{"size":-1}',
  '{"size":1e300,"replication":6}',
  '{"size":"99999999999999999999"}',
  '{"size":1000,"replication":1e9}',
  '{"reason":"\\u0000","name":"\\u0000","enabled":"x"}',
];

let platform: Platform;
let operations: Operation[];

beforeAll(async () => {
  platform = await Platform.create();
  await platform.start(600_000);
  const document = (await (await platform.request('GET', '/docs-json', { key: null })).json()) as {
    paths: Record<string, Record<string, { security?: unknown }>>;
  };
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase(),
      path,
      secured: security !== undefined,
    })),
  );
}, 600_000);

afterAll(async () => {
  await platform.destroy();
}, 60_000);

/** Node's own client: others tidy up a path before they send it. */
function send(method: string, path: string, key: string | null, body?: string): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const call = request({ host: '127.0.0.1', port: platform.port, method, path, headers }, (answer) => {
      let text = '';
      answer
        .on('data', (data) => {
          text += String(data).slice(0, 2000);
        })
        .on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
        .on('error', reject);
    });
    call.on('error', reject).end(body);
  });
}

const filled = (path: string, value: (name: string) => string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => value(name));
const nobodys = (path: string): string => filled(path, (name) => NOBODYS[name] ?? (NOBODYS['id'] as string));
const idFor = (path: string, name: string, contentId: string): string => {
  if (/content/.test(path)) return contentId;
  return path.startsWith('/retrievals') ? '00000000-0000-4000-8000-000000000000' : nobodys(`{${name}}`);
};
const sorted = (lines: string[]): string[] => lines.toSorted();

/** What of it answers with a 5xx, or outside of the one shape of failures. */
async function misbehaviour(tries: AsyncIterable<[string, Answered]>): Promise<string[]> {
  const found: string[] = [];
  for await (const [name, { status, text }] of tries) {
    if (status < 400) continue;
    // An answer to HEAD has no body (RFC 9110, 9.3.2).
    if (name.startsWith('HEAD ') && status < 500 && text === '') continue;
    const { error } = JSON.parse(text) as { error?: { reason?: string } };
    if (status >= 500 || !error?.reason?.startsWith('ERR_'))
      found.push(`${name.slice(0, 160)}: ${status} ${text.slice(0, 200)}`);
  }
  return found;
}

describe('every route of /docs-json', () => {
  it('is closed without a key, but for those that are public', async () => {
    const open: string[] = [];
    for (const { method, path, secured } of operations) {
      const { status } = await send(method, nobodys(path), null);
      if ((status !== 401) === secured) open.push(`${method} ${path}: ${status}`);
    }
    expect(open).toEqual([]);
    const unsecured = operations.filter(({ secured }) => !secured).map(({ path }) => path);
    expect(unsecured.filter((path) => !OPEN.test(path))).toEqual([]);
    expect(operations.length).toBeGreaterThan(50);
  });

  it('is closed to a key that may only upload, but for uploads and who one is', async () => {
    const { token } = await platform.json<{ token: string }>('POST', '/user/api-keys?perms=upload&label=walk');
    const passed: string[] = [];
    for (const { method, path, secured } of operations) {
      if (secured && (await send(method, nobodys(path), token)).status !== 403) passed.push(`${method} ${path}`);
    }
    expect(sorted(passed)).toEqual([
      'DELETE /content/tus/{id}',
      'DELETE /session',
      'GET /content/tus/{id}/content',
      'GET /session',
      'GET /viewer',
      'HEAD /content/tus/{id}',
      'PATCH /content/tus/{id}',
      'POST /content/add',
      'POST /content/add-car',
      'POST /content/add-ipfs',
      'POST /content/tus',
      'POST /logout',
      'POST /put',
      'PUT /content/add',
    ]);
  });

  it('shows a stranger nothing of what others have', async () => {
    const { estuaryId, cid } = await platform.upload(Buffer.from('of the administrator alone'));
    const pin = await platform.json<{ requestid: string }>('POST', '/pinning/pins', { cid, name: 'mine' });
    const {
      apiKey: { token },
    } = await platform.json<{ apiKey: { token: string } }>('POST', '/admin/users', { username: 'walker' });
    const seen: string[] = [];
    for (const { method, path, secured } of operations.filter(
      (operation) => operation.secured && operation.path.includes('{'),
    )) {
      const mine = filled(path, (name) => ({ cid, requestid: pin.requestid })[name] ?? idFor(path, name, estuaryId));
      const fields = path.startsWith('/user/webhooks') ? { enabled: false } : { cid, reason: 'x', name: 'x' };
      const body = method === 'POST' || method === 'PUT' ? JSON.stringify(fields) : undefined;
      const { status, text } = await send(method, mine, token, body);
      const empty = status === 200 && /^(\[\]|\{"count":0.*)$/.test(text);
      if (secured && !empty && status !== (path.startsWith('/admin') ? 403 : 404))
        seen.push(`${method} ${path}: ${status} ${text.slice(0, 200)}`);
    }
    expect(seen).toEqual([]);
    for (const path of ['/content/list', '/content/contents', '/content/deals', '/deals/failures'])
      expect([path, (await send('GET', path, token)).text]).toEqual([path, '[]']);
    expect(JSON.parse((await send('GET', '/pinning/pins', token)).text)).toMatchObject({ count: 0 });
    expect((await platform.request('GET', `/content/${estuaryId}`)).status).toBe(200);
  });

  it('answers garbage in its path with a 4xx', async () => {
    expect(
      await misbehaviour(
        (async function* () {
          for (const { method, path } of operations.filter((operation) => operation.path.includes('{'))) {
            for (const garbage of GARBAGE) {
              const address = filled(path, () => garbage);
              const body = method === 'POST' || method === 'PUT' ? '{}' : undefined;
              if (!/admin\/miners/.test(path) || garbage !== 'f01000')
                yield [`${method} ${address}`, await send(method, address, platform.key, body)] as [string, Answered];
            }
          }
        })(),
      ),
    ).toEqual([]);
  }, 300_000);

  it('answers garbage in its query with a 4xx, or does without', async () => {
    expect(
      await misbehaviour(
        (async function* () {
          for (const { method, path } of operations.filter(
            (operation) => operation.method === 'GET' || /api-keys$|add$|pins$|users$/.test(operation.path),
          )) {
            if (method === 'DELETE') continue;
            const address = filled(path, (name) => (name === 'path' ? 'bafkqaaa' : (NOBODYS[name] ?? '1')));
            for (const field of FIELDS) {
              yield* await Promise.all(
                VALUES.map(
                  async (value) =>
                    [
                      `${method} ${address}?${field}=${value}`,
                      await send(
                        method,
                        `${address}?${field}=${value}`,
                        platform.key,
                        method === 'GET' ? undefined : '{}',
                      ),
                    ] as [string, Answered],
                ),
              );
            }
            yield [
              `${method} ${address} twice`,
              await send(method, `${address}?limit=1&limit=2&limit[a]=3&cid=1&cid=2`, platform.key),
            ] as [string, Answered];
          }
        })(),
      ),
    ).toEqual([]);
  }, 600_000);

  it('answers garbage in its body with a 4xx', async () => {
    expect(
      await misbehaviour(
        (async function* () {
          for (const { method, path } of operations.filter((operation) => ['POST', 'PUT'].includes(operation.method))) {
            for (const body of BODIES)
              yield [`${method} ${path} ${body}`, await send(method, nobodys(path), platform.key, body)] as [
                string,
                Answered,
              ];
          }
        })(),
      ),
    ).toEqual([]);
  }, 300_000);
});
