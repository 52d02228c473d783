// Arguments: the platform's URL and an API key. Last line: `N passed, N failed`.
// Helia is put together from its own classes: the package `helia` brings WebRTC, whose native part is not on the
// registries.
import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { noise } from '@chainsafe/libp2p-noise';
import { yamux } from '@chainsafe/libp2p-yamux';
import { bitswap } from '@helia/block-brokers';
import { heliaWithRemotePins } from '@helia/remote-pinning';
import { unixfs } from '@helia/unixfs';
import { Helia } from '@helia/utils';
import {
  Configuration,
  RemotePinningServiceClient,
  Status,
  TextMatchingStrategy,
} from '@ipfs-shipyard/pinning-service-client';
import { identify } from '@libp2p/identify';
import { tcp } from '@libp2p/tcp';
import { MemoryBlockstore } from 'blockstore-core';
import { MemoryDatastore } from 'datastore-core';
import { createLibp2p } from 'libp2p';
import { CID } from 'multiformats/cid';
import { assert, Checks, until } from './checks.mjs';

const [, , url, key] = process.argv;
const MIB = 1024 ** 2;
const endpointUrl = `${url}/pinning`;
const checks = new Checks();

const datastore = new MemoryDatastore();
const helia = new Helia({
  libp2p: await createLibp2p({
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
    transports: [tcp()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    datastore,
    services: { identify: identify() },
  }),
  blockstore: new MemoryBlockstore(),
  datastore,
  blockBrokers: [bitswap()],
  routers: [],
});
await helia.start();
const files = unixfs(helia);
const origins = helia.libp2p.getMultiaddrs().map(String);
const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');

async function gatewaySha(path) {
  const answer = await fetch(`${url}/ipfs/${path}`);
  assert(answer.status === 200, `the gateway answered ${answer.status}`);
  const hash = createHash('sha256');
  for await (const chunk of Readable.fromWeb(answer.body)) hash.update(chunk);
  return hash.digest('hex');
}

console.log('@ipfs-shipyard/pinning-service-client 3.0.0\n');
const client = new RemotePinningServiceClient(new Configuration({ endpointUrl, accessToken: key }));
const whole = async (requestid) =>
  until(
    async () => {
      const status = await client.pinsRequestidGet({ requestid });
      assert(status.status !== Status.Failed, `failed: ${JSON.stringify(status.info)}`);
      return status.status === Status.Pinned ? status : undefined;
    },
    60,
    'pinned',
  );

await checks.that('adds a pin of what a Helia 5 node has, and polls until it is pinned', async () => {
  const bytes = randomBytes(8 * MIB);
  const cid = await files.addBytes(bytes);
  const added = await client.pinsPost({
    pin: { cid: cid.toString(), name: 'from-js', origins: origins, meta: { app: 'js-clients' } },
  });
  assert(
    added.created instanceof Date && [...added.delegates].every((address) => /\/p2p\/\w+$/.test(address)),
    'no date, or delegates without a peer id',
  );
  await whole(added.requestid);
  assert((await gatewaySha(cid)) === sha(bytes), 'the gateway gives other bytes');
});

await checks.that('finds pins by name in every way of matching, by meta, by status and by CID', async () => {
  for (const [match, name] of [
    ['Exact', 'from-js'],
    ['Iexact', 'FROM-js'],
    ['Partial', 'om-j'],
    ['Ipartial', 'OM-J'],
  ]) {
    const page = await client.pinsGet({ name, match: TextMatchingStrategy[match] });
    assert(page.count === 1, `${match} found ${page.count}`);
  }
  const [found] = await client.pinsGet({ name: 'from-js' }).then((page) => [...page.results]);
  assert((await client.pinsGet({ meta: { app: 'js-clients' } })).count === 1, 'not by meta');
  assert((await client.pinsGet({ status: [Status.Pinned, Status.Failed] })).count === 1, 'not by status');
  assert((await client.pinsGet({ cid: [found.pin.cid] })).count === 1, 'not by CID');
  assert(
    (await client.pinsGet({ before: found.created })).count === 0 &&
      (await client.pinsGet({ after: found.created })).count === 0,
    'before and after are not strict',
  );
});

await checks.that('replaces a pin, and deletes it', async () => {
  const [old] = await client.pinsGet({ name: 'from-js' }).then((page) => [...page.results]);
  const cid = await files.addBytes(randomBytes(MIB));
  const fresh = await client.pinsRequestidPost({
    requestid: old.requestid,
    pin: { cid: cid.toString(), name: 'replaced', origins: origins },
  });
  assert(fresh.requestid !== old.requestid, 'the same request id');
  await whole(fresh.requestid);
  assert(
    await client.pinsRequestidGet({ requestid: old.requestid }).then(
      () => false,
      () => true,
    ),
    'the old pin still answers',
  );
  await client.pinsRequestidDelete({ requestid: fresh.requestid });
  assert((await client.pinsGet({ status: Object.values(Status) })).count === 0, 'something is left');
});

await checks.that('is told of a wrong key as the specification says', async () => {
  const stranger = new RemotePinningServiceClient(new Configuration({ endpointUrl, accessToken: 'ESTwrongARY' }));
  const failure = await stranger.pinsGet({}).then(
    () => undefined,
    (answer) => answer,
  );
  assert(failure?.status === 401, `a wrong key is answered with ${failure?.status}`);
  const { error } = await failure.json();
  assert(
    typeof error.reason === 'string' && error.reason !== '' && !('code' in error),
    `not in the shape of a Failure: ${JSON.stringify(error)}`,
  );
  return error.reason;
});

console.log('\n@helia/remote-pinning 2.0.4 on a node of Helia 5 (@helia/utils 1.4.0)\n');
const remote = heliaWithRemotePins(helia, { endpointUrl, accessToken: key, pollInterval: 250 });
let root;

await checks.that('helia.pins.add ends when a directory of 200 files is pinned', async () => {
  const entries = Array.from({ length: 200 }, (_, at) => ({
    path: `site/page-${at}.html`,
    content: Buffer.from(`<h1>page ${at}</h1>`),
  }));
  for await (const entry of files.addAll(entries)) root = entry.cid;
  for await (const cid of remote.pins.add(root, {
    name: 'site',
    metadata: { kind: 'site' },
    signal: AbortSignal.timeout(60_000),
  }))
    assert(cid.equals(root), 'another CID');
  assert(
    (await gatewaySha(`${root}/page-137.html`)) === sha(Buffer.from('<h1>page 137</h1>')),
    'the gateway gives other bytes',
  );
});

await checks.that('helia.pins.isPinned, get, ls and setMetadata (a replacement) say what is so', async () => {
  assert(await remote.pins.isPinned(root), 'not pinned');
  assert((await remote.pins.get(root)).metadata.kind === 'site', 'another metadata');
  await remote.pins.setMetadata(root, { kind: 'changed' });
  await until(
    async () => ((await remote.pins.get(root)).metadata.kind === 'changed' ? true : undefined),
    20,
    'the new metadata',
  );
  const listed = [];
  for await (const pin of remote.pins.ls()) {
    listed.push(pin.cid.toString());
    if (listed.length > 10) break;
  }
  assert(listed.includes(root.toString()), 'not listed');
});

await checks.that('helia.pins.rm removes it', async () => {
  for await (const cid of remote.pins.rm(root)) assert(cid.equals(root), 'another CID');
  assert(!(await remote.pins.isPinned(root)), 'still pinned');
});

await checks.that('Helia 5 fetches over bitswap from our delegates what was uploaded to us', async () => {
  const bytes = randomBytes(16 * MIB);
  const answer = await fetch(`${url}/content/add?filename=from-us`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}` },
    body: bytes,
  });
  const cid = CID.parse((await answer.json()).cid);
  const hinted = await client.pinsPost({ pin: { cid: cid.toString() } });
  assert(hinted.status === Status.Pinned, `what is here already is ${hinted.status}`);
  const hash = createHash('sha256');
  for await (const chunk of files.cat(cid, { signal: AbortSignal.timeout(60_000) })) hash.update(chunk);
  assert(hash.digest('hex') === sha(bytes), 'other bytes');
});

await helia.stop();
console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
process.exit(checks.failed === 0 ? 0 : 1);
