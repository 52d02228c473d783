import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ReadingNode, ReproviderHarness, someRoots } from '../testing/reprovider-harness.js';

const MINUTE = 60_000;

describe('reproviding on a real database', () => {
  let harness: ReproviderHarness;
  let node: ReadingNode;
  beforeAll(async () => {
    harness = await ReproviderHarness.build();
  });
  afterAll(() => harness.close());
  beforeEach(async () => {
    await harness.empty();
    node = new ReadingNode();
  });

  it('does everything once, however many workers there are', async () => {
    const roots = someRoots(2_000);
    await harness.store(roots);
    await Promise.all([harness.startProviding.run(roots), harness.startProviding.run([...roots].reverse())]);
    node.delayMs = 2;
    const counts = await Promise.all([harness.work(node), harness.work(node), harness.work(node)]);
    expect([...node.announced].sort()).toEqual([...roots].sort());
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(1);
  }, 30_000);

  it('takes over what a worker had leased when it was killed', async () => {
    const roots = someRoots(100);
    await harness.store(roots);
    await harness.startProviding.run(roots);
    const dead = await harness.records.claim(60, MINUTE);
    expect(await harness.work(node)).toBe(40);
    expect(await harness.work(node)).toBe(0);
    harness.clock.advance(MINUTE);
    expect(await harness.work(node)).toBe(60);
    expect(new Set(node.announced)).toEqual(new Set(roots));
    expect(dead).toHaveLength(60);
  });

  it('stops after a crash between the deletion and the node', async () => {
    const roots = someRoots(10);
    await harness.store(roots);
    await harness.startProviding.run(roots);
    await harness.work(node);
    await harness.cool(roots.slice(0, 5));
    await harness.stopProviding.run(roots.slice(0, 5));
    await harness.records.claim(10, MINUTE);
    expect((await harness.rows()).filter(({ state }) => state === 'withdrawing')).toHaveLength(5);
    harness.clock.advance(MINUTE);
    await harness.work(node);
    expect((await harness.rows()).map(({ root }) => root)).toEqual(roots.slice(5));
    expect(node.roots).toEqual(new Set(roots.slice(5)));
  });

  it('ends with what is hot, whatever is stored and deleted meanwhile and however late or often one hears of it', async () => {
    const roots = someRoots(40);
    const heard: (() => Promise<unknown>)[] = [];
    node.delayMs = 1;
    let over = false;
    const workers = [harness, harness].map(async () => {
      while (!over) await harness.work(node);
    });
    for (let step = 0; step < 400; step += 1) {
      const root = roots[Math.floor(Math.random() * roots.length)] ?? '';
      const verb = Math.random() < 0.5 ? ('startProviding' as const) : ('stopProviding' as const);
      await (verb === 'startProviding' ? harness.store([root]) : harness.cool([root]));
      for (let times = Math.random() * 2; times > 0; times -= 1) heard.push(() => harness[verb].run([root]));
      while (heard.length > 10) await heard.splice(Math.floor(Math.random() * heard.length), 1)[0]?.();
    }
    await Promise.all(heard.map((hear) => hear()));
    over = true;
    await Promise.all(workers);
    // What nobody told, the sweep finds.
    for (let round = 0; round < 3; round += 1) {
      await harness.sweep(node);
      await harness.work(node);
    }
    const hot = (await harness.server.query<{ root: string }>('SELECT root FROM dags WHERE hot'))
      .map(({ root }) => root)
      .sort();
    expect((await harness.rows()).map(({ root, state }) => `${root} ${state}`).sort()).toEqual(
      hot.map((root) => `${root} announced`),
    );
    expect([...node.roots].sort()).toEqual(hot);
  }, 60_000);

  it('is done with 20,000 small contents in seconds, and with their deletion', async () => {
    const roots = someRoots(20_000);
    await harness.store(roots);
    const began = Date.now();
    for (let at = 0; at < roots.length; at += 100) await harness.startProviding.run(roots.slice(at, at + 100));
    expect(await harness.work(node)).toBe(20_000);
    const announced = Date.now() - began;
    await harness.cool(roots);
    for (let at = 0; at < roots.length; at += 100) await harness.stopProviding.run(roots.slice(at, at + 100));
    expect(await harness.work(node)).toBe(20_000);
    expect([await harness.rows(), node.roots.size]).toEqual([[], 0]);
    // Seen: 17 s for both, on two cores that others were busy on.
    expect(announced).toBeLessThan(30_000);
    expect(Date.now() - began).toBeLessThan(60_000);
  }, 90_000);

  it('finds in pages what it was never told of: old data, lost deletions', async () => {
    const roots = someRoots(12_000);
    await harness.store(roots);
    for (const known of [5_000, 10_000, 12_000]) {
      await harness.sweep(node);
      expect(await harness.rows()).toHaveLength(known);
    }
    await harness.work(node);
    const gone = roots.filter((_, at) => at % 100 === 0);
    await harness.cool(gone);
    for (let sweeps = 0; sweeps < 4; sweeps += 1) await harness.sweep(node);
    await harness.work(node);
    expect(await harness.rows()).toHaveLength(roots.length - gone.length);
    expect(new Set(node.stopped)).toEqual(new Set(gone));
  }, 60_000);

  it('announces what was only provided once the node has routing', async () => {
    const roots = someRoots(3);
    await harness.store(roots);
    await harness.startProviding.run(roots);
    node.routing = [];
    await harness.work(node);
    await harness.sweep(node);
    expect([await harness.records.hasDue(), await harness.records.count({ state: 'held' })]).toEqual([false, 3]);
    node.routing = ['dht'];
    await harness.sweep(node);
    expect(await harness.work(node)).toBe(3);
    expect(await harness.records.page({}, 10)).toEqual(
      roots
        .reverse()
        .map((root) => expect.objectContaining({ root, state: 'announced', routing: ['dht'], failures: 0 })),
    );
  });

  it('brings to a new node what a dead one provided, and leaves what a living one provides', async () => {
    const roots = someRoots(4);
    await harness.store(roots);
    const [dead, living] = [new ReadingNode('12D3KooWDead'), new ReadingNode('12D3KooWLiving')];
    for (const [holder, from] of [
      [dead, 0],
      [living, 2],
    ] as const) {
      await harness.registry.publish(await holder.status());
      await harness.startProviding.run(roots.slice(from, from + 2));
      await harness.work(holder);
    }
    harness.clock.advance(5 * MINUTE);
    await harness.registry.publish(await living.status());
    await harness.registry.publish(await node.status());
    await harness.sweep(node);
    expect(await harness.work(node)).toBe(2);
    expect([...node.roots].sort()).toEqual(roots.slice(0, 2).sort());
  });

  it('counts without looking, and lists by state, failure and root in pages', async () => {
    const roots = someRoots(30);
    await harness.store(roots);
    await harness.startProviding.run(roots);
    node.break('announce', (root) => (roots.indexOf(root) < 10 ? new Error('no peers') : null));
    await harness.work(node);
    await harness.cool(roots.slice(25));
    await harness.stopProviding.run(roots.slice(25));
    const counted = async () => ({
      ...(await harness.records.figures()).byState,
      all: await harness.records.count({}),
      failing: await harness.records.count({ failing: true }),
    });
    expect(await counted()).toEqual({ pending: 0, held: 10, announced: 15, withdrawing: 5, all: 30, failing: 10 });
    await harness.records.addUp();
    expect(await counted()).toEqual({ pending: 0, held: 10, announced: 15, withdrawing: 5, all: 30, failing: 10 });
    const first = await harness.records.page({ state: 'announced' }, 10);
    const second = await harness.records.page({ state: 'announced' }, 10, BigInt(first.at(-1)?.id ?? 0));
    expect([...first, ...second].map(({ root }) => root)).toEqual(roots.slice(10, 25).reverse());
    expect(await harness.records.page({ failing: true }, 100)).toHaveLength(10);
    expect(await harness.records.page({ root: roots[3] }, 100)).toEqual([
      expect.objectContaining({ state: 'held', lastError: 'no peers', failures: 1 }),
    ]);
    expect(await harness.records.count({ root: roots[3], state: 'announced' })).toBe(0);
    harness.clock.advance(MINUTE);
    expect((await harness.records.figures()).oldestOverdue).toEqual({
      root: expect.any(String),
      dueAt: expect.any(Date),
    });
  });
});
