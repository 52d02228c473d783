// The running platform over HTTP: every route with what a client could send. No answer of 500 and above, none that does not
// come, and both processes live on.
import { readFile } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { Agent, request } from 'undici';
import { npmStart } from '../support/npm-start.mjs';
import { carOf, sampleDags } from './corpus.mjs';
import { minimise } from './minimise.mjs';
import { mutate } from './mutate.mjs';
import { Random } from './random.mjs';

const AT_ONCE = 8;
/** An answer that takes longer does not come. */
const ANSWER_MS = 30_000;
const BOUNDARY = 'xYzZy';
const MOST_FAILURES = 10;
/** The path gateway specification's word for a path that goes on where there are no links. */
const NOT_TRAVERSABLE = 501;
const NO_MINER = 'ERR_NO_MINER_FITS';
const text = (value) => new TextEncoder().encode(value);
const json = (value) => text(JSON.stringify(value));
const JSON_TYPE = 'application/json';

/** Starts a platform, sends it `inputs` requests or for `ms`, and stops it. The same result as `runTarget`. */
export async function fuzzPlatform({ seed, inputs, ms }) {
  const platform = await npmStart({ LOG_LEVEL: 'warn' });
  const agent = new Agent({ connections: AT_ONCE, pipelining: 1 });
  try {
    const random = new Random(`${seed}/platform`);
    const key = await userKey(platform);
    const processes = () => readFile(joinPath(platform.dataFolder, 'processes.json'), 'utf8');
    const before = await processes();
    const requests = requestsOf(await seeds(platform, key), random);
    const began = performance.now();
    const failures = new Map();
    let count = 0;
    const statuses = {};
    // One request in eight is an operator's.
    const send = (one) => failureOf(agent, platform.url, one.isAdmin ? platform.key : key, one, statuses);
    const client = async () => {
      while (count < inputs && performance.now() - began < ms && failures.size < MOST_FAILURES) {
        count += 1;
        const one = { ...requests.next().value, isAdmin: random.once(8) };
        const failure = await send(one);
        if (failure !== null && !failures.has(failure)) failures.set(failure, one);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, client));
    const spentMs = performance.now() - began;
    const found = [];
    for (const [failure, one] of failures) {
      const body = await minimise(
        one.body ?? new Uint8Array(),
        async (shorter) => (await send({ ...one, body: shorter })) === failure,
      );
      found.push({ failure, input: saved({ ...one, body: one.body ? body : undefined }) });
    }
    const health = await fetch(`${platform.url}/health`, { signal: AbortSignal.timeout(ANSWER_MS) }).then(
      (answer) => answer.status,
      String,
    );
    if (health !== 200) found.push({ failure: `/health answers ${health} afterwards`, input: new Uint8Array() });
    if ((await processes()) !== before) found.push({ failure: 'a process was started again', input: new Uint8Array() });
    return { inputs: count, ms: spentMs, failures: found, statuses };
  } finally {
    await agent.destroy();
    await platform.stop();
  }
}

/** Null for an answer below 500. */
async function failureOf(agent, url, key, { method, path, headers, body }, statuses) {
  try {
    const answer = await request(`${url}${path}`, {
      dispatcher: agent,
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    statuses[answer.statusCode] = (statuses[answer.statusCode] ?? 0) + 1;
    if (answer.statusCode < 500 || answer.statusCode === NOT_TRAVERSABLE) {
      await answer.body.dump({ limit: 64 * 1024 ** 2 });
      return null;
    }
    // Not the request's fault, and said by name: an operator's requests may have suspended every miner.
    if (answer.statusCode === 503 && (await answer.body.text()).includes(NO_MINER)) return null;
    return `${method} ${routeOf(path)}: ${answer.statusCode}`;
  } catch (error) {
    if (error.name === 'TimeoutError') return `${method} ${routeOf(path)}: no answer`;
    // A request that is refused before its body was read may end with its connection.
    return null;
  }
}

const routeOf = (path) => path.split('?')[0].split('/').slice(0, 3).join('/');

/** What the request was, so that it can be sent again by hand. */
function saved({ method, path, headers, body }) {
  return Buffer.concat([text(`${method} ${path}\n${JSON.stringify(headers)}\n\n`), body ?? new Uint8Array()]);
}

async function userKey(platform) {
  const answer = await fetch(`${platform.url}/admin/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${platform.key}`, 'content-type': JSON_TYPE },
    body: JSON.stringify({ username: 'fuzz' }),
  });
  const { apiKey } = await answer.json();
  return apiKey.token;
}

/** Requests that are all right, whose parts are exchanged: what is stored, so that reads get past the first look. */
async function seeds(platform, key) {
  const dags = await sampleDags();
  const roots = [];
  for (const { root, blocks } of dags) {
    const answer = await fetch(`${platform.url}/content/add-car`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: carOf([root], blocks),
    });
    if (!answer.ok) throw new Error(`the platform does not take a valid CAR: ${answer.status} ${await answer.text()}`);
    roots.push(root.toString());
  }
  const { paths } = await (await fetch(`${platform.url}/docs-json`)).json();
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      // A key that is gone would refuse everything that follows.
      .filter((method) => method !== 'delete' || !path.includes('api-keys'))
      .map((method) => ({ method: method.toUpperCase(), path })),
  );
  return { dags, roots, routes };
}

function* requestsOf({ dags, roots, routes }, random) {
  const cars = dags.map(({ root, blocks }) => carOf([root], blocks));
  const form = text(
    `--${BOUNDARY}\r\ncontent-disposition: form-data; name="data"; filename="a.txt"\r\n\r\nhello\r\n--${BOUNDARY}--\r\n`,
  );
  const pin = () => ({ cid: random.of(roots), name: 'n', origins: ['/ip4/8.8.8.8/tcp/1'], meta: { a: 'b' } });
  const bodies = [
    json(pin()),
    json([pin(), pin()]),
    json({ size: 1, replication: 6 }),
    json({ username: 'x' }),
    json({}),
  ];
  const words = [...roots, 'f01000', '1', '-1', 'x', '%00', '99999999999999999999', '%ff', 'a%2fb', '0x10', 'bafkqaaa'];
  const names = [
    'limit',
    'before',
    'after',
    'offset',
    'status',
    'cid',
    'meta',
    'format',
    'dag-scope',
    'filename',
    'profile',
    'days',
  ];
  const query = () =>
    random.once(2) ? '' : `?${random.of(names)}=${encodeURIComponent(spoilt(random.of(words), random))}`;
  for (;;) {
    const kind = random.below(8);
    if (kind === 0) yield post('/content/add-car', mutate(random.of(cars), cars, random), 'application/vnd.ipld.car');
    else if (kind === 1)
      yield post('/content/add', mutate(form, [form], random), `multipart/form-data; boundary=${BOUNDARY}`);
    else if (kind === 2) yield post('/pinning/pins', mutate(json(pin()), bodies, random), JSON_TYPE);
    else if (kind === 3)
      yield get(`/ipfs/${random.of(roots)}/${encodeURIComponent(spoilt('d/file 1.txt', random))}${query()}`, random);
    else if (kind === 4)
      yield get(`/gw/ipfs/${encodeURIComponent(spoilt(random.of(roots), random))}${query()}`, random);
    else yield anyRoute(random.of(routes), words, bodies, query, random);
  }
}

/** A route of the platform's own list with something in each of its places. */
function anyRoute({ method, path }, words, bodies, query, random) {
  const filled = path.replace(/\{[^}]+\}/g, () => encodeURIComponent(spoilt(random.of(words), random)));
  if (method === 'GET' || method === 'DELETE') return { ...get(`${filled}${query()}`, random), method };
  return { ...post(`${filled}${query()}`, mutate(random.of(bodies), bodies, random), JSON_TYPE), method };
}

/** The text with some of its characters exchanged, once in two times. */
function spoilt(word, random) {
  if (random.once(2)) return word;
  return new TextDecoder()
    .decode(mutate(text(word), [text(word)], random))
    .toWellFormed()
    .slice(0, 300);
}

const HEADERS = {
  range: ['bytes=0-9', 'bytes=-1', 'bytes=99999999999999999999-', 'bytes=1-0', 'x'],
  accept: ['application/vnd.ipld.car', 'application/vnd.ipld.raw', 'application/vnd.ipld.dag-json', ';;,,', '*/*'],
  'if-none-match': ['*', '"x"', 'W/'],
  'cache-control': ['only-if-cached'],
};

function get(path, random) {
  const headers = {};
  for (const [name, values] of Object.entries(HEADERS)) if (random.once(4)) headers[name] = random.of(values);
  return { method: 'GET', path, headers };
}

const post = (path, body, type) => ({ method: 'POST', path, headers: { 'content-type': type }, body });
