import { hash, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from '../../src/app.module.js';
import { AppConfig } from '../../src/config/index.js';
import { filePaths, pagePaths } from '../../src/dashboard/index.js';
import { createHttpApp, RouteTable, serveDocs } from '../../src/platform/http/index.js';
import { lacking, undescribed, type Operation } from '../support/described-answer.js';
import { testDatabase, type TestDatabase } from '../support/test-database.js';

const roles = ['none', 'upload', 'owner', 'stranger', 'admin', 'expired', 'revoked'] as const;
type Role = (typeof roles)[number];

/**
 * Who is let in, in the order of `roles`; `in` stands for the status that the row names. `upload` is a key of the owner
 * that may only upload, `expired` and `revoked` were keys of the owner. Admins see every account's things, but pins and
 * keys are each account's own.
 */
const access = {
  open: ['in', 'in', 'in', 'in', 'in', 'in', 'in'],
  upload: [401, 'in', 'in', 'in', 'in', 401, 401],
  user: [401, 403, 'in', 'in', 'in', 401, 401],
  ownedUpload: [401, 'in', 'in', 404, 'in', 401, 401],
  owned: [401, 403, 'in', 404, 'in', 401, 401],
  mine: [401, 403, 'in', 404, 404, 401, 401],
  admin: [401, 403, 403, 403, 'in', 401, 401],
} as const;

interface Row {
  who: keyof typeof access;
  /** Status of those who are let in. */
  in: number;
  /** In place of what stands in the path; things of the owner, made anew for each request where it changes them. */
  at?: (things: Things) => Promise<string> | string;
  body?: unknown;
}

/** Names that no answer to anybody else may hold. */
const SECRET = `secret-${randomBytes(6).toString('hex')}`;

/** One row for each route of the API. A route that is not here fails the first test. */
const rows: Record<string, Row> = {
  'GET /health': { who: 'open', in: 200 },
  'GET /ready': { who: 'open', in: 503 },
  'GET /metrics': { who: 'open', in: 200 },
  'GET /ipfs/*': { who: 'open', in: 200, at: ({ cid }) => `/ipfs/${cid}` },
  'GET /gw/ipfs/*': { who: 'open', in: 200, at: ({ cid }) => `/gw/ipfs/${cid}` },
  'GET /get/:cid': { who: 'open', in: 307, at: ({ cid }) => `/get/${cid}` },
  'GET /public/stats': { who: 'open', in: 200 },
  'GET /public/info': { who: 'open', in: 200 },
  'GET /public/metrics/deals-on-chain': { who: 'open', in: 200 },
  'GET /public/metrics/bandwidth': { who: 'open', in: 200 },
  'GET /public/metrics/series': { who: 'open', in: 200, at: () => '/public/metrics/series?metric=deals-active' },
  'GET /public/by-cid/:cid': { who: 'open', in: 200, at: ({ cid }) => `/public/by-cid/${cid}` },
  'GET /public/deals/failures': { who: 'open', in: 200 },
  'GET /public/miners': { who: 'open', in: 200 },
  'GET /public/miners/stats/:miner': { who: 'open', in: 200, at: () => '/public/miners/stats/f01000' },
  'GET /public/miners/failures/:miner': { who: 'open', in: 200, at: () => '/public/miners/failures/f01000' },
  'GET /public/miners/deals/:miner': { who: 'open', in: 200, at: () => '/public/miners/deals/f01000' },
  'GET /public/miners/storage/query/:miner': {
    who: 'open',
    in: 404,
    at: () => '/public/miners/storage/query/f09999',
  },

  'POST /register': {
    who: 'open',
    in: 404,
    body: { username: 'somebody', password: 'correct horse', inviteCode: 'none' },
  },
  'POST /login': { who: 'open', in: 400, body: { username: 'somebody' } },

  'POST /session': { who: 'open', in: 400, body: { username: 'somebody' } },
  'GET /login/once/:token': { who: 'open', in: 403, at: () => '/login/once/made-up' },

  'GET /session': { who: 'upload', in: 200 },
  // Keys are no sessions.
  'DELETE /session': { who: 'upload', in: 400 },
  'GET /viewer': { who: 'upload', in: 200 },
  'PUT /content/add': { who: 'upload', in: 200, body: 'some bytes' },
  'POST /content/add': { who: 'upload', in: 400 },
  'POST /put': { who: 'upload', in: 400 },
  'POST /content/tus': { who: 'upload', in: 412 },
  'HEAD /content/tus/:id': { who: 'ownedUpload', in: 412, at: ({ partial }) => `/content/tus/${partial}` },
  'PATCH /content/tus/:id': { who: 'ownedUpload', in: 412, at: ({ partial }) => `/content/tus/${partial}` },
  'DELETE /content/tus/:id': { who: 'ownedUpload', in: 412, at: ({ partial }) => `/content/tus/${partial}` },
  'GET /content/tus/:id/content': {
    who: 'ownedUpload',
    in: 409,
    at: ({ partial }) => `/content/tus/${partial}/content`,
  },
  'POST /content/add-car': { who: 'upload', in: 400 },
  'POST /content/add-ipfs': { who: 'upload', in: 202, body: { cid: 'bafkqaaa' } },

  'PUT /user/settings': { who: 'user', in: 200, body: { replication: null } },
  'GET /user/sessions': { who: 'user', in: 200 },
  'DELETE /user/sessions': { who: 'user', in: 200 },
  'DELETE /user/sessions/:id': { who: 'user', in: 404, at: () => `/user/sessions/${randomUUID()}` },
  'POST /logout': { who: 'upload', in: 400 },
  'PUT /user/password': { who: 'user', in: 400, body: { newPassword: 'short' } },
  'PUT /user/address': { who: 'user', in: 200, body: { address: 'f01729' } },
  'GET /user/limits': { who: 'user', in: 200 },
  'GET /user/stats': { who: 'user', in: 200 },
  'GET /user/usage': { who: 'user', in: 200 },
  'GET /user/api-keys': { who: 'user', in: 200 },
  'POST /user/api-keys': { who: 'user', in: 200, body: { label: 'another' } },
  'DELETE /user/api-keys/:key_or_hash': {
    who: 'mine',
    in: 200,
    at: async (things) => `/user/api-keys/${await things.newKey()}`,
  },
  'GET /content/contents': { who: 'user', in: 200 },
  'GET /content/list': { who: 'user', in: 200 },
  'GET /content/stats': { who: 'user', in: 200 },
  'GET /content/deals': { who: 'user', in: 200 },
  'GET /content/by-cid/:cid': { who: 'user', in: 200, at: ({ cid }) => `/content/by-cid/${cid}` },
  'GET /content/:id': { who: 'owned', in: 200, at: ({ content }) => `/content/${content}` },
  'PATCH /content/:id': {
    who: 'owned',
    in: 200,
    at: ({ content }) => `/content/${content}`,
    body: { name: SECRET },
  },
  'PUT /content/:id/tags': {
    who: 'owned',
    in: 200,
    at: ({ content }) => `/content/${content}/tags`,
    body: { tags: ['a'] },
  },
  'GET /collections': { who: 'user', in: 200 },
  'POST /collections': { who: 'user', in: 200, body: { name: 'another' } },
  'POST /collections/fs/add': { who: 'user', in: 400 },
  'GET /collections/:coluuid': { who: 'owned', in: 200, at: ({ collection }) => `/collections/${collection}` },
  'POST /collections/:coluuid': {
    who: 'owned',
    in: 400,
    at: ({ collection }) => `/collections/${collection}`,
    body: [],
  },
  'POST /collections/:coluuid/commit': {
    who: 'owned',
    in: 200,
    at: ({ collection }) => `/collections/${collection}/commit`,
  },
  'DELETE /collections/:coluuid/contents': {
    who: 'owned',
    in: 400,
    at: ({ collection }) => `/collections/${collection}/contents`,
    body: { by: 'name', value: 'x' },
  },
  'DELETE /collections/:coluuid': {
    who: 'owned',
    in: 200,
    at: async () => `/collections/${await newCollection()}`,
  },
  'POST /content/bulk': { who: 'user', in: 400, body: { action: 'delete', ids: [] } },
  'DELETE /content/:id': { who: 'owned', in: 200, at: async (things) => `/content/${await things.newContent()}` },
  'GET /content/:id/timeline': { who: 'owned', in: 200, at: ({ content }) => `/content/${content}/timeline` },
  'GET /content/status/:id': { who: 'owned', in: 200, at: ({ content }) => `/content/status/${content}` },
  'GET /content/failures/:content': { who: 'owned', in: 200, at: ({ content }) => `/content/failures/${content}` },
  'GET /content/bw-usage/:content': { who: 'owned', in: 200, at: ({ content }) => `/content/bw-usage/${content}` },
  'POST /content/terms/:content': {
    who: 'owned',
    in: 400,
    at: ({ content }) => `/content/terms/${content}`,
    body: { replication: 0 },
  },
  'GET /deals/by-cid/:cid': { who: 'user', in: 200, at: ({ cid }) => `/deals/by-cid/${cid}` },
  'GET /deals/status/:deal': { who: 'owned', in: 200, at: ({ deal }) => `/deals/status/${deal}` },
  'GET /deals/:deal/timeline': { who: 'owned', in: 200, at: ({ deal }) => `/deals/${deal}/timeline` },
  'GET /deals/status-by-proposal/:propcid': {
    who: 'owned',
    in: 200,
    at: ({ proposal }) => `/deals/status-by-proposal/${proposal}`,
  },
  'GET /deals/proposal/:propcid': { who: 'owned', in: 200, at: ({ proposal }) => `/deals/proposal/${proposal}` },
  'GET /deals/by-chain-id/:id': { who: 'owned', in: 200, at: ({ chainDeal }) => `/deals/by-chain-id/${chainDeal}` },
  'GET /deals/info/:dealid': { who: 'owned', in: 200, at: ({ chainDeal }) => `/deals/info/${chainDeal}` },
  'GET /deals/failures': { who: 'user', in: 200 },
  'POST /deals/estimate': { who: 'user', in: 503, body: { size: 1000, replication: 1 } },
  'GET /retrievals/:id': { who: 'user', in: 200, at: ({ retrieval }) => `/retrievals/${retrieval}` },
  'GET /retrieval/status/:cid': { who: 'user', in: 200, at: ({ cid }) => `/retrieval/status/${cid}` },

  // A stream does not end: what is asked for here is refused before it begins.
  'GET /events': { who: 'user', in: 400, at: () => '/events?after=x' },
  'GET /user/events': { who: 'user', in: 200 },
  'GET /user/webhooks': { who: 'user', in: 200 },
  'POST /user/webhooks': { who: 'user', in: 201, body: { url: 'https://receiver.example/' } },
  'GET /user/webhooks/:id': { who: 'mine', in: 200, at: ({ webhook }) => `/user/webhooks/${webhook}` },
  'PUT /user/webhooks/:id': {
    who: 'mine',
    in: 200,
    at: ({ webhook }) => `/user/webhooks/${webhook}`,
    body: { types: ['stored'] },
  },
  'DELETE /user/webhooks/:id': {
    who: 'mine',
    in: 200,
    at: async (things) => `/user/webhooks/${await things.newWebhook()}`,
  },
  'GET /user/webhooks/:id/deliveries': {
    who: 'mine',
    in: 200,
    at: ({ webhook }) => `/user/webhooks/${webhook}/deliveries`,
  },
  'POST /user/webhooks/:id/deliveries/:delivery/replay': {
    who: 'mine',
    in: 202,
    at: ({ webhook, delivery }) => `/user/webhooks/${webhook}/deliveries/${delivery}/replay`,
  },

  'GET /pinning/pins': { who: 'user', in: 200 },
  'POST /pinning/pins': { who: 'user', in: 202, body: { cid: 'bafkqaaa' } },
  'GET /pinning/pins/:requestid': { who: 'mine', in: 200, at: ({ pin }) => `/pinning/pins/${pin}` },
  'POST /pinning/pins/:requestid': {
    who: 'mine',
    in: 202,
    at: async (things) => `/pinning/pins/${await things.newPin()}`,
    body: { cid: 'bafkqaaa' },
  },
  'DELETE /pinning/pins/:requestid': {
    who: 'mine',
    in: 202,
    at: async (things) => `/pinning/pins/${await things.newPin()}`,
  },
  'GET /v2/pinning/batched-pins': {
    who: 'user',
    in: 200,
    at: ({ pin }) => `/v2/pinning/batched-pins?requestid=${pin}`,
  },
  'POST /v2/pinning/batched-pins': { who: 'user', in: 202, body: [{ cid: 'bafkqaaa' }] },

  'GET /retrievals': { who: 'admin', in: 200 },
  'GET /admin/retrieval/stats': { who: 'admin', in: 200 },
  'GET /admin/storage/damage': { who: 'admin', in: 200 },
  'GET /admin/users': { who: 'admin', in: 200 },
  'GET /admin/audit': { who: 'admin', in: 200 },
  'POST /admin/users/:username/act-as': { who: 'admin', in: 200, at: () => '/admin/users/stranger/act-as' },
  'GET /admin/invites': { who: 'admin', in: 200 },
  'POST /admin/invite': { who: 'admin', in: 200 },
  'POST /admin/invite/:code': { who: 'admin', in: 200, at: () => `/admin/invite/${randomUUID()}` },
  'DELETE /admin/invite/:code': { who: 'admin', in: 404, at: () => '/admin/invite/never-made' },
  'POST /admin/users': { who: 'admin', in: 400, body: { username: '' } },
  'PUT /admin/users/:username/limits': {
    who: 'admin',
    in: 200,
    at: () => '/admin/users/stranger/limits',
    body: { pinWeight: 1 },
  },
  'GET /admin/balance': { who: 'admin', in: 503 },
  'GET /admin/fil-address': { who: 'admin', in: 503 },
  'GET /admin/ipfs': { who: 'admin', in: 200 },
  'GET /admin/announcements': { who: 'admin', in: 200 },
  'POST /admin/announcements/announce': { who: 'admin', in: 400, body: { cids: [] } },
  'GET /admin/cm/dealmaking': { who: 'admin', in: 200 },
  'POST /admin/cm/dealmaking': { who: 'admin', in: 400, body: { enabled: 'maybe' } },
  'GET /admin/cm/contentadding': { who: 'admin', in: 200 },
  'POST /admin/cm/contentadding': { who: 'admin', in: 400, body: { enabled: 'maybe' } },
  'GET /admin/cm/faults': { who: 'admin', in: 200 },
  'GET /admin/cm/progress': { who: 'admin', in: 200 },
  'GET /admin/cm/offload/candidates': { who: 'admin', in: 200 },
  'POST /admin/cm/offload/:content': { who: 'admin', in: 404, at: () => '/admin/cm/offload/987654321' },
  'GET /admin/stats': { who: 'admin', in: 200 },
  'GET /admin/miners/stats': { who: 'admin', in: 200 },
  'GET /admin/miners': { who: 'admin', in: 200 },
  'POST /admin/miners/add/:miner': { who: 'admin', in: 503, at: () => '/admin/miners/add/f01001' },
  'POST /admin/miners/suspend/:miner': {
    who: 'admin',
    in: 200,
    at: () => '/admin/miners/suspend/f01000',
    body: { reason: 'test' },
  },
  'PUT /admin/miners/unsuspend/:miner': { who: 'admin', in: 200, at: () => '/admin/miners/unsuspend/f01000' },
  'PUT /admin/miners/set-info/:miner': {
    who: 'admin',
    in: 200,
    at: () => '/admin/miners/set-info/f01000',
    body: { name: 'Anna' },
  },
};

/** Pages of the documentation: files that Nest's module serves, for everybody. */
const isDocs = (route: string): boolean => /^(GET|HEAD) \/docs/.test(route);
/** Pages of the web client and their files, for everybody. */
const pages = new Set([...pagePaths, ...filePaths].flatMap((page) => [`GET ${page}`, `HEAD ${page}`]));

async function docs(): Promise<Documented> {
  documented ??= (await app.inject({ url: '/docs-json' })).json<{ paths: Documented }>().paths;
  return documented;
}

/** What the documentation says of a route; null for the gateway, whose bodies are bytes. */
async function describedRoute(method: string, pattern: string): Promise<Operation | null> {
  if (/^\/(gw\/)?ipfs|^\/get\//.test(pattern)) return null;
  return (await docs())[pattern.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()] ?? null;
}

/** What the owner has, and how to make more of it. */
interface Things {
  cid: string;
  content: number;
  /** An upload in several requests that is not complete. */
  partial: string;
  collection: string;
  pin: string;
  deal: string;
  proposal: string;
  chainDeal: string;
  retrieval: string;
  webhook: string;
  delivery: string;
  newKey(): Promise<string>;
  newWebhook(): Promise<string>;
  newContent(): Promise<number>;
  newPin(): Promise<string>;
}

let database: TestDatabase;
let folder: string;
let app: NestFastifyApplication;
let things: Things;
type Documented = Record<string, Record<string, Operation>>;
let documented: Documented | undefined;
const keys = {} as Record<Role, string | null>;

async function send(role: Role, method: string, url: string, body?: unknown) {
  const key = keys[role];
  const raw = typeof body === 'string';
  const answer = await app.inject({
    method: method as 'GET',
    url,
    headers: {
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
    },
    ...(body === undefined ? {} : { payload: raw ? body : JSON.stringify(body) }),
  });
  return { status: answer.statusCode, text: answer.body };
}

async function addKey(user: string, scope: string, more: { expires_at?: string; revoked_at?: string } = {}) {
  const key = `EST${randomUUID()}ARY`;
  const { expires_at = null, revoked_at = null } = more;
  await database.query(
    'INSERT INTO api_keys (id, user_id, token_hash, scope, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6)',
    [randomUUID(), user, hash('sha256', key, 'base64url'), scope, expires_at, revoked_at],
  );
  return key;
}

async function addUser(username: string, role = 'user'): Promise<string> {
  const id = randomUUID();
  await database.query('INSERT INTO users (id, username, role) VALUES ($1, $2, $3)', [id, username, role]);
  return id;
}

/** Rows that the worker and the chain would have made. */
async function plantDeal(car: string): Promise<Pick<Things, 'deal' | 'proposal' | 'chainDeal'>> {
  const proposal = 'bafyreihdb57fdysx5h35urvxz64ros7zvywshber7id6t6c6fek37jgyfe';
  await database.query("INSERT INTO miners (address, name) VALUES ('f01000', 'Anna')");
  await database.query(
    `INSERT INTO pieces (car_id, root, car_bytes, state, replication, duration, verified, max_price)
     VALUES ($1, 'bafyroot', 100, 'replicating', 6, 518400, false, 0)`,
    [car],
  );
  const [deal] = await database.query<{ id: string }>(
    `INSERT INTO deals (car_id, miner, slot, state, verified, price, duration, proposal_cid, chain_deal_id, proposal, chain_deal,
                        start_epoch, end_epoch)
     VALUES ($1, 'f01000', 0, 'active', false, 1, 518400, $2, 4711, '{}', '{}', 10, 518410) RETURNING id::text`,
    [car, proposal],
  );
  return { deal: deal!.id, proposal, chainDeal: '4711' };
}

async function newPartialUpload(): Promise<string> {
  const { headers } = await app.inject({
    method: 'POST',
    url: '/content/tus',
    headers: { authorization: `Bearer ${keys.owner}`, 'tus-resumable': '1.0.0', 'upload-length': '10' },
  });
  return String(headers['location']).split('/').at(-1) ?? '';
}

async function newCollection(): Promise<string> {
  const { text } = await send('owner', 'POST', '/collections', { name: SECRET });
  return (JSON.parse(text) as { uuid: string }).uuid;
}

async function plantThings(owner: string): Promise<Things> {
  const upload = async (bytes: Buffer, name: string) => {
    const { text } = await send('owner', 'PUT', `/content/add?filename=${name}&replication=2`, bytes.toString('hex'));
    return JSON.parse(text) as { cid: string; estuaryId: number };
  };
  const { cid, estuaryId } = await upload(randomBytes(50), SECRET);
  const [row] = await database.query<{ car_id: string; root: string }>(
    'SELECT r.car_id, d.root FROM runs r JOIN dags d ON d.id = r.dag_id JOIN contents c ON c.dag_id = d.id WHERE c.id = $1',
    [estuaryId],
  );
  const retrieval = randomUUID();
  await database.query("INSERT INTO retrievals (id, root, state, live) VALUES ($1, $2, 'stored', false)", [
    retrieval,
    row!.root,
  ]);
  const newPin = async () => {
    const pin = randomUUID();
    await database.query(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, name, status, created_at)
       VALUES ($1, $2, $3, $3, $4, 'failed', clock_timestamp() + random() * interval '1 h')`,
      [pin, owner, cid, SECRET],
    );
    return pin;
  };
  const newWebhook = async () => {
    const id = randomUUID();
    await database.query(
      "INSERT INTO webhooks (id, user_id, url, types, secret) VALUES ($1, $2, 'https://a.example/', '{}', 's')",
      [id, owner],
    );
    return id;
  };
  const webhook = await newWebhook();
  const [delivery] = await database.query<{ id: string }>(
    `WITH event AS (INSERT INTO account_events (event_id, type, subject, user_id, payload, at)
       VALUES (1, 'stored', '1', $1, '{}', now()) RETURNING id)
     INSERT INTO webhook_deliveries (webhook_id, account_event_id) SELECT $2, id FROM event RETURNING id::text`,
    [owner, webhook],
  );
  return {
    cid,
    webhook,
    delivery: delivery!.id,
    newWebhook,
    content: estuaryId,
    partial: await newPartialUpload(),
    collection: await newCollection(),
    pin: await newPin(),
    retrieval,
    ...(await plantDeal(row!.car_id)),
    newKey: () => addKey(owner, 'user'),
    newContent: async () => (await upload(randomBytes(50), SECRET)).estuaryId,
    newPin,
  };
}

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(path.join(tmpdir(), 'tidewater-table-'));
  const config = AppConfig.parse({
    DATABASE_URL: database.url,
    TIDEWATER_DATA: folder,
    LOG_LEVEL: 'silent',
    SEGMENT_MAX_AGE_SECONDS: '3600',
    // Nobody is there: routes that ask the chain say so.
    LOTUS_API_URL: 'http://127.0.0.1:9',
    LOTUS_TIMEOUT_SECONDS: '1',
  });
  app = await createHttpApp(AppModule.forProcess('api', { config }));
  serveDocs(app, config.publicUrl);
  await app.init();
  await database.query(
    `INSERT INTO ipfs_nodes (peer_id, addresses, seen_at) VALUES ('p', '["/ip4/127.0.0.1/tcp/1/p2p/p"]', now())`,
  );
  const [owner, stranger, admin] = [await addUser('owner'), await addUser('stranger'), await addUser('root', 'admin')];
  Object.assign(keys, {
    none: null,
    upload: await addKey(owner, 'upload'),
    owner: await addKey(owner, 'user'),
    stranger: await addKey(stranger, 'user'),
    admin: await addKey(admin, 'admin'),
    expired: await addKey(owner, 'user', { expires_at: '2020-01-01' }),
    revoked: await addKey(owner, 'user', { revoked_at: '2020-01-01' }),
  });
  things = await plantThings(owner);
}, 60_000);

afterAll(async () => {
  await app.close();
  await database.drop();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

it('every route of the API has a row in the table, and every row is a route', () => {
  const routes = app
    .get(RouteTable)
    .list()
    .filter((route) => !isDocs(route) && !pages.has(route));
  const heads = Object.keys(rows)
    .filter((route) => route.startsWith('GET '))
    .map((route) => route.replace('GET', 'HEAD'));
  expect(routes).toEqual([...Object.keys(rows), ...heads].sort());
});

it('the documentation names every route of the API, and no other', async () => {
  const { paths } = (await app.inject({ url: '/docs-json' })).json<{ paths: Record<string, object> }>();
  const named = Object.entries(paths).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${url.replace(/{(\w+)}/g, ':$1')}`),
  );
  const known = Object.keys(rows).map((route) => route.replace('ipfs/*', 'ipfs/:path'));
  expect(named.sort()).toEqual(known.sort());
});

it('the documentation has an answer, an example of it and the codes of failures for every route', async () => {
  const operations = Object.entries(await docs()).flatMap(([url, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${url}`, operation })),
  );
  expect(operations.flatMap(({ name, operation }) => lacking(operation).map((what) => `${name}: ${what}`))).toEqual([]);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

describe.each(Object.entries(rows))('%s', (route, row) => {
  const [method = '', pattern = ''] = route.split(' ');
  const cells = roles.map((role, at): [Role, number] => {
    const cell = access[row.who][at] ?? 'in';
    return [role, cell === 'in' ? row.in : cell];
  });

  it.each(cells)('answers %s with %i', async (role, expected) => {
    const url = row.at ? await row.at(things) : pattern;
    const answer = await send(role, method, url, row.body);
    expect({ status: answer.status, text: answer.text.slice(0, 300) }).toEqual({
      status: expected,
      text: expect.any(String),
    });
    const operation = await describedRoute(method, pattern);
    if (operation) expect(undescribed(operation, answer.status, answer.text)).toEqual([]);
    if (role === 'none' || role === 'stranger') expect(answer.text).not.toContain(SECRET);
    if ([401, 403].includes(expected))
      expect(JSON.parse(answer.text)).toMatchObject({ error: { reason: expect.stringMatching(/^ERR_/) } });
    if (method === 'GET') expect((await send(role, 'HEAD', url)).status).toBe(expected);
  });
});
