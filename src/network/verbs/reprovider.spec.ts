import { beforeEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { TestClock } from '../../../test/support/test-clock.js';
import { AppConfig } from '../../config/index.js';
import { BlockMap } from '../testing/block-map.js';
import { InMemoryHotRoots } from '../testing/in-memory-hot-roots.js';
import { InMemoryIpfsNode } from '../testing/in-memory-ipfs-node.js';
import { InMemoryProviderRecordStore } from '../testing/in-memory-provider-record-store.js';
import { ReprovideNow, StartProviding, StopProviding } from './provide-requests.js';
import { ReprovideRoot } from './reprovide-root.js';
import { Reprovider } from './reprovider.js';

const never = new AbortController().signal;
const HOUR = 3_600_000;

class Harness {
  readonly clock = new TestClock();
  readonly blocks = new BlockMap();
  readonly hot = new InMemoryHotRoots();
  readonly records = new InMemoryProviderRecordStore(this.clock);
  node = new InMemoryIpfsNode();
  readonly startProviding = new StartProviding(this.hot, this.records);
  readonly stopProviding = new StopProviding(this.hot, this.records);
  readonly reprovideNow = new ReprovideNow(this.hot, this.records);

  worker(node = this.node): Reprovider {
    const config = AppConfig.parse({ DATABASE_URL: 'postgres://unused', PROVIDE_CONCURRENCY: '4' });
    return new Reprovider(this.records, this.hot, new ReprovideRoot(node, this.blocks), node, config, this.clock);
  }

  async store(text: string, bytes?: number): Promise<string> {
    const content = Buffer.from(text);
    const root = this.blocks.put(CID.createV1(raw.code, await sha256.digest(content)), content).toString();
    this.hot.add(root, bytes);
    return root;
  }
}

describe('the reprovider', () => {
  let harness: Harness;
  beforeEach(() => {
    harness = new Harness();
  });

  it('provides and announces what is stored, and again when the interval is over', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    const worker = harness.worker();
    expect(await worker.run(never)).toBe(1);
    expect([harness.node.provided.count, harness.node.announced]).toEqual([1, [root]]);
    expect(harness.records.find(root)).toMatchObject({
      state: 'announced',
      node: harness.node.peerId,
      routing: ['memory'],
      providedSince: harness.clock.now(),
      announcedAt: harness.clock.now(),
    });
    harness.clock.advance(19 * HOUR);
    expect(await worker.run(never)).toBe(0);
    harness.clock.advance(3 * HOUR);
    expect(await worker.run(never)).toBe(1);
    expect(harness.node.announced).toEqual([root, root]);
  });

  it('meets one root in both versions of its CID, and leaves alone what lies in its own', async () => {
    const content = Buffer.from('unixfs');
    const v0 = CID.createV0(await sha256.digest(content));
    harness.hot.add(v0.toV1().toString());
    expect(await harness.startProviding.run([v0.toString(), v0.toV1().toString(), 'bafkqabdumvzxi', 'nonsense'])).toBe(
      1,
    );
    expect(harness.records.rows().map(({ root }) => root)).toEqual([v0.toV1().toString()]);
  });

  it('believes what is hot, not what an event says, in whatever order events come', async () => {
    const [kept, gone] = [await harness.store('kept'), await harness.store('gone')];
    const worker = harness.worker();
    await harness.startProviding.run([kept, gone]);
    await worker.run(never);
    harness.hot.delete(gone);
    // The deletion of another user's reference; a storing that is told of after the deletion; the deletion, twice.
    await harness.stopProviding.run([kept]);
    await harness.startProviding.run([gone]);
    await harness.stopProviding.run([gone]);
    await harness.stopProviding.run([gone]);
    await worker.run(never);
    expect([harness.records.rows().map(({ root }) => root), [...harness.node.roots], harness.node.stopped]).toEqual([
      [kept],
      [kept],
      [gone],
    ]);
  });

  it('stops providing what is gone although nobody said so, when its turn comes', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    const worker = harness.worker();
    await worker.run(never);
    harness.hot.delete(root);
    harness.clock.advance(22 * HOUR);
    await worker.run(never);
    expect([harness.records.rows(), harness.node.stopped]).toEqual([[], [root]]);
  });

  it('announces again what is stored anew while it is being stopped', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    const worker = harness.worker();
    await worker.run(never);
    harness.hot.delete(root);
    await harness.stopProviding.run([root]);
    const stored = harness.node.stopProviding.bind(harness.node);
    harness.node.stopProviding = async (cid, signal) => {
      await stored(cid, signal);
      harness.hot.add(root);
      await harness.startProviding.run([root]);
    };
    await worker.run(never);
    expect(harness.node.roots).toEqual(new Set([root]));
    expect(harness.records.find(root)).toMatchObject({ state: 'announced', failures: 0 });
  });

  it('stops providing what is deleted while it is being announced', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    const announce = harness.node.announce.bind(harness.node);
    harness.node.announce = async (cid, signal) => {
      harness.hot.delete(root);
      await harness.stopProviding.run([root]);
      return announce(cid, signal);
    };
    await harness.worker().run(never);
    expect([harness.records.rows(), [...harness.node.roots]]).toEqual([[], []]);
  });

  it('keeps the reason of a failure, provides nothing twice, and comes back later', async () => {
    const [good, bad] = [await harness.store('good'), await harness.store('bad')];
    await harness.startProviding.run([good, bad]);
    harness.node.break('announce', (root) => (root === bad ? new Error('no peers') : null));
    const worker = harness.worker();
    await worker.run(never);
    expect(harness.records.find(good)).toMatchObject({ state: 'announced', failures: 0 });
    expect(harness.records.find(bad)).toMatchObject({
      state: 'held',
      failures: 1,
      lastError: 'no peers',
      announcedAt: null,
      providedSince: harness.clock.now(),
    });
    harness.node.repair();
    harness.node.break('provide', () => new Error('provided already'));
    harness.clock.advance(20_000);
    await worker.run(never);
    expect(harness.records.find(bad)).toMatchObject({ state: 'announced', failures: 0, lastError: null });
  });

  it('keeps trying to stop until the node has done it', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    const worker = harness.worker();
    await worker.run(never);
    harness.hot.delete(root);
    await harness.stopProviding.run([root]);
    harness.node.break('stopProviding', () => new Error('the node is away'));
    await worker.run(never);
    expect(harness.records.find(root)).toMatchObject({
      state: 'withdrawing',
      failures: 1,
      lastError: 'the node is away',
    });
    harness.node.repair();
    harness.clock.advance(20_000);
    await worker.run(never);
    expect([harness.records.rows(), harness.node.stopped]).toEqual([[], [root]]);
  });

  it('names a block that is not there', async () => {
    const root = await harness.store('a');
    harness.blocks.delete(CID.parse(root));
    await harness.startProviding.run([root]);
    await harness.worker().run(never);
    expect(harness.records.find(root)).toMatchObject({
      state: 'pending',
      failures: 1,
      lastError: `block ${root} of ${root} is not here`,
    });
  });

  it('provides where nobody is to be told, and does not try in vain', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    harness.node.routing = [];
    await harness.worker().run(never);
    expect(harness.records.find(root)).toMatchObject({
      state: 'held',
      routing: [],
      announcedAt: null,
      dueAt: null,
      failures: 0,
    });
  });

  it('hands everything to another node that takes the place of this one', async () => {
    const root = await harness.store('a');
    await harness.startProviding.run([root]);
    await harness.worker().run(never);
    const other = new InMemoryIpfsNode('12D3KooWOther');
    harness.clock.advance(22 * HOUR);
    await harness.worker(other).run(never);
    expect([other.provided.count, harness.records.find(root)?.node]).toEqual([1, '12D3KooWOther']);
  });

  it('does not ask more of the node at once than allowed, and lets small ones past large ones', async () => {
    const roots = await Promise.all(
      Array.from({ length: 40 }, (_, at) => harness.store(`file ${at}`, at < 20 ? 1024 ** 3 : 1)),
    );
    await harness.startProviding.run(roots);
    harness.node.delayMs = 20;
    await harness.worker().run(never);
    expect(harness.node.announced).toHaveLength(40);
    expect(harness.node.busiest).toBe(6);
    const large = new Set(roots.slice(0, 20));
    expect(harness.node.announced.slice(0, 20).filter((root) => large.has(root)).length).toBeLessThan(12);
  });

  it('releases everything when the process ends, and another goes on', async () => {
    const roots = await Promise.all(Array.from({ length: 10 }, (_, at) => harness.store(`file ${at}`)));
    await harness.startProviding.run(roots);
    harness.node.delayMs = 60;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('shutting down')), 30);
    await harness.worker().run(stop.signal);
    expect(harness.node.announced.length).toBeLessThan(10);
    harness.node.delayMs = 0;
    await harness.worker().run(never);
    expect(new Set(harness.node.announced).size).toBe(10);
    expect(harness.records.rows().map(({ state, failures }) => `${state} ${failures}`)).toEqual(
      roots.map(() => 'announced 0'),
    );
  });

  it('leaves a node alone that cannot be asked', async () => {
    await harness.startProviding.run([await harness.store('a')]);
    let asked = 0;
    harness.node.status = () => {
      asked += 1;
      return Promise.reject(new Error('nobody there'));
    };
    const worker = harness.worker();
    await expect(worker.run(never)).rejects.toThrow('nobody there');
    expect([await worker.run(never), asked]).toEqual([0, 1]);
    expect(harness.records.rows()).toEqual([expect.objectContaining({ state: 'pending', failures: 0 })]);
  });

  it('announces at once what somebody asks for, and says what is not here', async () => {
    const root = await harness.store('a');
    const unknown = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
    expect(await harness.reprovideNow.run([root, unknown])).toEqual({ asked: [root], notHot: [unknown] });
    const worker = harness.worker();
    await worker.run(never);
    await harness.reprovideNow.run([root]);
    await worker.run(never);
    expect(harness.node.announced).toEqual([root, root]);
    expect(await harness.reprovideNow.next(1000)).toEqual({ asked: [root], notHot: [] });
  });
});
