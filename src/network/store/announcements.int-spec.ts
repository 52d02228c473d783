import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnnouncingHouse, ReadingNode, someRoots } from '../testing/announcing-house.js';

const MINUTE = 60_000;

describe('announcing on a real database', () => {
  let house: AnnouncingHouse;
  let node: ReadingNode;
  beforeAll(async () => {
    house = await AnnouncingHouse.build();
  });
  afterAll(() => house.close());
  beforeEach(async () => {
    await house.empty();
    node = new ReadingNode();
  });

  it('does everything once, however many workers there are', async () => {
    const roots = someRoots(2_000);
    await house.store(roots);
    await Promise.all([house.hold.run(roots), house.hold.run([...roots].reverse())]);
    node.delayMs = 2;
    const counts = await Promise.all([house.work(node), house.work(node), house.work(node)]);
    expect([...node.announced].sort()).toEqual([...roots].sort());
    expect(counts.filter((count) => count > 0).length).toBeGreaterThan(1);
  }, 30_000);

  it('takes over what a worker had in hand when it was killed', async () => {
    const roots = someRoots(100);
    await house.store(roots);
    await house.hold.run(roots);
    const dead = await house.book.claim(60, MINUTE);
    expect(await house.work(node)).toBe(40);
    expect(await house.work(node)).toBe(0);
    house.clock.pass(MINUTE);
    expect(await house.work(node)).toBe(60);
    expect(new Set(node.announced)).toEqual(new Set(roots));
    expect(dead).toHaveLength(60);
  });

  it('withdraws after a crash between the deletion and the node', async () => {
    const roots = someRoots(10);
    await house.store(roots);
    await house.hold.run(roots);
    await house.work(node);
    await house.cool(roots.slice(0, 5));
    await house.withdraw.run(roots.slice(0, 5));
    await house.book.claim(10, MINUTE);
    expect((await house.rows()).filter(({ state }) => state === 'withdrawing')).toHaveLength(5);
    house.clock.pass(MINUTE);
    await house.work(node);
    expect((await house.rows()).map(({ root }) => root)).toEqual(roots.slice(5));
    expect(node.roots).toEqual(new Set(roots.slice(5)));
  });

  it('ends with what is hot, whatever is stored and deleted meanwhile and however late or often one hears of it', async () => {
    const roots = someRoots(40);
    const heard: (() => Promise<unknown>)[] = [];
    node.delayMs = 1;
    let over = false;
    const workers = [house, house].map(async () => {
      while (!over) await house.work(node);
    });
    for (let step = 0; step < 400; step += 1) {
      const root = roots[Math.floor(Math.random() * roots.length)] ?? '';
      const verb = Math.random() < 0.5 ? ('hold' as const) : ('withdraw' as const);
      await (verb === 'hold' ? house.store([root]) : house.cool([root]));
      for (let times = Math.random() * 2; times > 0; times -= 1) heard.push(() => house[verb].run([root]));
      while (heard.length > 10) await heard.splice(Math.floor(Math.random() * heard.length), 1)[0]?.();
    }
    await Promise.all(heard.map((hear) => hear()));
    over = true;
    await Promise.all(workers);
    // What nobody told, the sweep finds.
    for (let round = 0; round < 3; round += 1) {
      await house.sweep(node);
      await house.work(node);
    }
    const hot = (await house.database.query<{ root: string }>('SELECT root FROM dags WHERE hot'))
      .map(({ root }) => root)
      .sort();
    expect((await house.rows()).map(({ root, state }) => `${root} ${state}`).sort()).toEqual(
      hot.map((root) => `${root} announced`),
    );
    expect([...node.roots].sort()).toEqual(hot);
  }, 60_000);

  it('is done with 20,000 small contents in seconds, and with their deletion', async () => {
    const roots = someRoots(20_000);
    await house.store(roots);
    const began = Date.now();
    for (let at = 0; at < roots.length; at += 100) await house.hold.run(roots.slice(at, at + 100));
    expect(await house.work(node)).toBe(20_000);
    const announced = Date.now() - began;
    await house.cool(roots);
    for (let at = 0; at < roots.length; at += 100) await house.withdraw.run(roots.slice(at, at + 100));
    expect(await house.work(node)).toBe(20_000);
    expect([await house.rows(), node.roots.size]).toEqual([[], 0]);
    // Seen: 17 s for both, on two cores that others were busy on.
    expect(announced).toBeLessThan(30_000);
    expect(Date.now() - began).toBeLessThan(60_000);
  }, 90_000);

  it('finds in pages what it was never told of: old data, lost deletions', async () => {
    const roots = someRoots(12_000);
    await house.store(roots);
    for (const known of [5_000, 10_000, 12_000]) {
      await house.sweep(node);
      expect(await house.rows()).toHaveLength(known);
    }
    await house.work(node);
    const gone = roots.filter((_, at) => at % 100 === 0);
    await house.cool(gone);
    for (let sweeps = 0; sweeps < 4; sweeps += 1) await house.sweep(node);
    await house.work(node);
    expect(await house.rows()).toHaveLength(roots.length - gone.length);
    expect(new Set(node.withdrawn)).toEqual(new Set(gone));
  }, 60_000);

  it('announces what was only held once the node has routing', async () => {
    const roots = someRoots(3);
    await house.store(roots);
    await house.hold.run(roots);
    node.routing = [];
    await house.work(node);
    await house.sweep(node);
    expect([await house.book.hasDue(), await house.list.count({ state: 'held' })]).toEqual([false, 3]);
    node.routing = ['dht'];
    await house.sweep(node);
    expect(await house.work(node)).toBe(3);
    expect(await house.list.page({}, 10)).toEqual(
      roots
        .reverse()
        .map((root) => expect.objectContaining({ root, state: 'announced', routing: ['dht'], failures: 0 })),
    );
  });

  it('brings to a new node what a dead one held, and leaves what a living one holds', async () => {
    const roots = someRoots(4);
    await house.store(roots);
    const [dead, living] = [new ReadingNode('12D3KooWDead'), new ReadingNode('12D3KooWLiving')];
    for (const [holder, from] of [
      [dead, 0],
      [living, 2],
    ] as const) {
      await house.board.publish(await holder.status());
      await house.hold.run(roots.slice(from, from + 2));
      await house.work(holder);
    }
    house.clock.pass(5 * MINUTE);
    await house.board.publish(await living.status());
    await house.board.publish(await node.status());
    await house.sweep(node);
    expect(await house.work(node)).toBe(2);
    expect([...node.roots].sort()).toEqual(roots.slice(0, 2).sort());
  });

  it('counts without looking, and lists by state, failure and root in pages', async () => {
    const roots = someRoots(30);
    await house.store(roots);
    await house.hold.run(roots);
    node.break('announce', (root) => (roots.indexOf(root) < 10 ? new Error('no peers') : null));
    await house.work(node);
    await house.cool(roots.slice(25));
    await house.withdraw.run(roots.slice(25));
    const counted = async () => ({
      ...(await house.list.figures()).byState,
      all: await house.list.count({}),
      failing: await house.list.count({ failing: true }),
    });
    expect(await counted()).toEqual({ pending: 0, held: 10, announced: 15, withdrawing: 5, all: 30, failing: 10 });
    await house.upkeep.addUp();
    expect(await counted()).toEqual({ pending: 0, held: 10, announced: 15, withdrawing: 5, all: 30, failing: 10 });
    const first = await house.list.page({ state: 'announced' }, 10);
    const second = await house.list.page({ state: 'announced' }, 10, BigInt(first.at(-1)?.id ?? 0));
    expect([...first, ...second].map(({ root }) => root)).toEqual(roots.slice(10, 25).reverse());
    expect(await house.list.page({ failing: true }, 100)).toHaveLength(10);
    expect(await house.list.page({ root: roots[3] }, 100)).toEqual([
      expect.objectContaining({ state: 'held', lastError: 'no peers', failures: 1 }),
    ]);
    expect(await house.list.count({ root: roots[3], state: 'announced' })).toBe(0);
    house.clock.pass(MINUTE);
    expect((await house.list.figures()).oldestOverdue).toEqual({ root: expect.any(String), dueAt: expect.any(Date) });
  });
});
