import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { userId } from '../../shared/index.js';
import { pinningHarness } from '../testing/pinning-harness.js';

describe('asking for a pin', () => {
  it('queues what has to be fetched, and wakes a worker', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    expect(pin.status).toBe('queued');
    expect(house.queue.woken).toBe(1);
  });

  it('pins at once what this node has already, as a content of its own', async () => {
    const house = pinningHarness();
    const root = await house.remote.import([{ content: randomBytes(10) }]);
    await house.pin(root);
    await house.work();
    const again = await house.pin(root, { name: 'again' });
    expect(again).toMatchObject({ status: 'pinned', contentId: '2' });
    expect(house.queue.woken).toBe(1);
  });

  it('replaces a pin: a new id, the old one gone, its content let go once the new one is pinned', async () => {
    const house = pinningHarness();
    const [one, two] = [
      await house.remote.import([{ content: randomBytes(10) }]),
      await house.remote.import([{ content: randomBytes(10) }]),
    ];
    const old = await house.pin(one);
    await house.work();
    const fresh = await house.request.run({
      userId: house.owner,
      spec: { cid: two.toString(), name: null, origins: ['/memory/1'], meta: {} },
      replaces: old.requestId,
    });
    expect(fresh.requestId).not.toBe(old.requestId);
    expect(await house.look(old)).toBeNull();
    await house.sweep.run();
    expect(house.releases.released).toEqual([]);
    await house.work();
    await house.sweep.run();
    expect(house.releases.released).toEqual(['1']);
    expect([...house.pins.rows.keys()]).toEqual([fresh.requestId]);
  });

  it("does not replace another account's pin", async () => {
    const house = pinningHarness();
    const root = await house.remote.import([{ content: randomBytes(10) }]);
    const pin = await house.pin(root);
    const attempt = house.request.run({ userId: userId(randomUUID()), spec: pin, replaces: pin.requestId });
    await expect(attempt).rejects.toMatchObject({ code: 'ERR_RECORD_NOT_FOUND', status: 404 });
  });
});

describe('removing a pin', () => {
  it('lets its content go and forgets it', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    await house.work();
    await house.remove.run(house.owner, pin.requestId);
    expect(house.releases.released).toEqual(['1']);
    expect(house.pins.rows.size).toBe(0);
    await expect(house.remove.run(house.owner, pin.requestId)).rejects.toMatchObject({ status: 404 });
  });
});

describe('the sweep of pins', () => {
  it('takes a pin back from a worker that vanished', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    await house.pins.leases.claimNext(house.clock.now(), new Date(house.clock.now().getTime() + 1000), new Map());
    house.clock.advance(2000);
    await house.sweep.run();
    expect(await house.look(pin)).toMatchObject({ status: 'queued', failures: 0 });
    await house.work();
    expect(await house.look(pin)).toMatchObject({ status: 'pinned', attempts: 2 });
  });

  it('finishes a removal that was cut off half-way', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    await house.work();
    await house.pins.store.remove(house.owner, pin.requestId);
    await house.sweep.run();
    expect(house.releases.released).toEqual(['1']);
    expect(house.pins.rows.size).toBe(0);
  });
});
