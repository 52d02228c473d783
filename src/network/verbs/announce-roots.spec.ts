import { beforeEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { ManualClock } from '../../chain/testing/manual-clock.js';
import { AppConfig } from '../../config/index.js';
import { BlockMap } from '../testing/block-map.js';
import { InMemoryAnnouncementBook } from '../testing/in-memory-announcement-book.js';
import { InMemoryHotRoots } from '../testing/in-memory-hot-roots.js';
import { InMemoryIpfsNode } from '../testing/in-memory-ipfs-node.js';
import { AnnounceRoot } from './announce-root.js';
import { AnnounceRoots } from './announce-roots.js';
import { HoldRoots } from './hold-roots.js';
import { UrgeRoots } from './urge-roots.js';
import { WithdrawRoots } from './withdraw-roots.js';

const never = new AbortController().signal;
const HOUR = 3_600_000;

class Bench {
  readonly clock = new ManualClock();
  readonly blocks = new BlockMap();
  readonly hot = new InMemoryHotRoots();
  readonly book = new InMemoryAnnouncementBook(this.clock);
  node = new InMemoryIpfsNode();
  readonly hold = new HoldRoots(this.hot, this.book);
  readonly withdraw = new WithdrawRoots(this.hot, this.book);
  readonly urge = new UrgeRoots(this.hot, this.book);

  worker(node = this.node): AnnounceRoots {
    const config = AppConfig.parse({ DATABASE_URL: 'postgres://unused', PROVIDE_CONCURRENCY: '4' });
    return new AnnounceRoots(this.book, this.hot, new AnnounceRoot(node, this.blocks), node, config, this.clock);
  }

  async store(text: string, bytes?: number): Promise<string> {
    const content = Buffer.from(text);
    const root = this.blocks.put(CID.createV1(raw.code, await sha256.digest(content)), content).toString();
    this.hot.add(root, bytes);
    return root;
  }
}

describe('announcing', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = new Bench();
  });

  it('holds and announces what is stored, and again when the interval is over', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    const worker = bench.worker();
    expect(await worker.run(never)).toBe(1);
    expect([bench.node.held.count, bench.node.announced]).toEqual([1, [root]]);
    expect(bench.book.find(root)).toMatchObject({
      state: 'announced',
      node: bench.node.peerId,
      routing: ['memory'],
      heldSince: bench.clock.now(),
      announcedAt: bench.clock.now(),
    });
    bench.clock.pass(19 * HOUR);
    expect(await worker.run(never)).toBe(0);
    bench.clock.pass(3 * HOUR);
    expect(await worker.run(never)).toBe(1);
    expect(bench.node.announced).toEqual([root, root]);
  });

  it('meets one root in both versions of its CID, and leaves alone what lies in its own', async () => {
    const content = Buffer.from('unixfs');
    const v0 = CID.createV0(await sha256.digest(content));
    bench.hot.add(v0.toV1().toString());
    expect(await bench.hold.run([v0.toString(), v0.toV1().toString(), 'bafkqabdumvzxi', 'nonsense'])).toBe(1);
    expect(bench.book.rows().map(({ root }) => root)).toEqual([v0.toV1().toString()]);
  });

  it('believes what is hot, not what an event says, in whatever order events come', async () => {
    const [kept, gone] = [await bench.store('kept'), await bench.store('gone')];
    const worker = bench.worker();
    await bench.hold.run([kept, gone]);
    await worker.run(never);
    bench.hot.delete(gone);
    // The deletion of another user's reference; a storing that is told of after the deletion; the deletion, twice.
    await bench.withdraw.run([kept]);
    await bench.hold.run([gone]);
    await bench.withdraw.run([gone]);
    await bench.withdraw.run([gone]);
    await worker.run(never);
    expect([bench.book.rows().map(({ root }) => root), [...bench.node.roots], bench.node.withdrawn]).toEqual([
      [kept],
      [kept],
      [gone],
    ]);
  });

  it('withdraws what is gone although nobody said so, when its turn comes', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    const worker = bench.worker();
    await worker.run(never);
    bench.hot.delete(root);
    bench.clock.pass(22 * HOUR);
    await worker.run(never);
    expect([bench.book.rows(), bench.node.withdrawn]).toEqual([[], [root]]);
  });

  it('announces again what is stored anew while it is being withdrawn', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    const worker = bench.worker();
    await worker.run(never);
    bench.hot.delete(root);
    await bench.withdraw.run([root]);
    const stored = bench.node.withdraw.bind(bench.node);
    bench.node.withdraw = async (cid, signal) => {
      await stored(cid, signal);
      bench.hot.add(root);
      await bench.hold.run([root]);
    };
    await worker.run(never);
    expect(bench.node.roots).toEqual(new Set([root]));
    expect(bench.book.find(root)).toMatchObject({ state: 'announced', failures: 0 });
  });

  it('withdraws what is deleted while it is being announced', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    const announce = bench.node.announce.bind(bench.node);
    bench.node.announce = async (cid, signal) => {
      bench.hot.delete(root);
      await bench.withdraw.run([root]);
      return announce(cid, signal);
    };
    await bench.worker().run(never);
    expect([bench.book.rows(), [...bench.node.roots]]).toEqual([[], []]);
  });

  it('keeps the reason of a failure, holds nothing twice, and comes back later', async () => {
    const [good, bad] = [await bench.store('good'), await bench.store('bad')];
    await bench.hold.run([good, bad]);
    bench.node.break('announce', (root) => (root === bad ? new Error('no peers') : null));
    const worker = bench.worker();
    await worker.run(never);
    expect(bench.book.find(good)).toMatchObject({ state: 'announced', failures: 0 });
    expect(bench.book.find(bad)).toMatchObject({
      state: 'held',
      failures: 1,
      lastError: 'no peers',
      announcedAt: null,
      heldSince: bench.clock.now(),
    });
    bench.node.repair();
    bench.node.break('hold', () => new Error('held already'));
    bench.clock.pass(20_000);
    await worker.run(never);
    expect(bench.book.find(bad)).toMatchObject({ state: 'announced', failures: 0, lastError: null });
  });

  it('keeps trying to withdraw until the node has done it', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    const worker = bench.worker();
    await worker.run(never);
    bench.hot.delete(root);
    await bench.withdraw.run([root]);
    bench.node.break('withdraw', () => new Error('the node is away'));
    await worker.run(never);
    expect(bench.book.find(root)).toMatchObject({ state: 'withdrawing', failures: 1, lastError: 'the node is away' });
    bench.node.repair();
    bench.clock.pass(20_000);
    await worker.run(never);
    expect([bench.book.rows(), bench.node.withdrawn]).toEqual([[], [root]]);
  });

  it('names a block that is not there', async () => {
    const root = await bench.store('a');
    bench.blocks.delete(CID.parse(root));
    await bench.hold.run([root]);
    await bench.worker().run(never);
    expect(bench.book.find(root)).toMatchObject({
      state: 'pending',
      failures: 1,
      lastError: `block ${root} of ${root} is not here`,
    });
  });

  it('holds where nobody is to be told, and does not try in vain', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    bench.node.routing = [];
    await bench.worker().run(never);
    expect(bench.book.find(root)).toMatchObject({
      state: 'held',
      routing: [],
      announcedAt: null,
      dueAt: null,
      failures: 0,
    });
  });

  it('hands everything to another node that takes the place of this one', async () => {
    const root = await bench.store('a');
    await bench.hold.run([root]);
    await bench.worker().run(never);
    const other = new InMemoryIpfsNode('12D3KooWOther');
    bench.clock.pass(22 * HOUR);
    await bench.worker(other).run(never);
    expect([other.held.count, bench.book.find(root)?.node]).toEqual([1, '12D3KooWOther']);
  });

  it('does not ask more of the node at once than allowed, and lets small ones past large ones', async () => {
    const roots = await Promise.all(
      Array.from({ length: 40 }, (_, at) => bench.store(`file ${at}`, at < 20 ? 1024 ** 3 : 1)),
    );
    await bench.hold.run(roots);
    bench.node.delayMs = 20;
    await bench.worker().run(never);
    expect(bench.node.announced).toHaveLength(40);
    expect(bench.node.busiest).toBe(6);
    const large = new Set(roots.slice(0, 20));
    expect(bench.node.announced.slice(0, 20).filter((root) => large.has(root)).length).toBeLessThan(12);
  });

  it('gives everything back when the process ends, and another goes on', async () => {
    const roots = await Promise.all(Array.from({ length: 10 }, (_, at) => bench.store(`file ${at}`)));
    await bench.hold.run(roots);
    bench.node.delayMs = 60;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('shutting down')), 30);
    await bench.worker().run(stop.signal);
    expect(bench.node.announced.length).toBeLessThan(10);
    bench.node.delayMs = 0;
    await bench.worker().run(never);
    expect(new Set(bench.node.announced).size).toBe(10);
    expect(bench.book.rows().map(({ state, failures }) => `${state} ${failures}`)).toEqual(
      roots.map(() => 'announced 0'),
    );
  });

  it('leaves a node alone that cannot be asked', async () => {
    await bench.hold.run([await bench.store('a')]);
    let asked = 0;
    bench.node.status = () => {
      asked += 1;
      return Promise.reject(new Error('nobody there'));
    };
    const worker = bench.worker();
    await expect(worker.run(never)).rejects.toThrow('nobody there');
    expect([await worker.run(never), asked]).toEqual([0, 1]);
    expect(bench.book.rows()).toEqual([expect.objectContaining({ state: 'pending', failures: 0 })]);
  });

  it('announces at once what somebody urges, and says what is not here', async () => {
    const root = await bench.store('a');
    const unknown = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
    expect(await bench.urge.run([root, unknown])).toEqual({ asked: [root], notHot: [unknown] });
    const worker = bench.worker();
    await worker.run(never);
    await bench.urge.run([root]);
    await worker.run(never);
    expect(bench.node.announced).toEqual([root, root]);
    expect(await bench.urge.next(1000)).toEqual({ asked: [root], notHot: [] });
  });
});
