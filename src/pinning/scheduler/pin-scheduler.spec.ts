import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { BlockMap } from '../../network/testing/block-map.js';
import { userId } from '../../shared/index.js';
import type { PinRecord } from '../pin.js';
import { HostileDags } from '../testing/hostile-dags.js';
import { pinningHarness } from '../testing/pinning-harness.js';

type House = ReturnType<typeof pinningHarness>;

const other = userId(randomUUID());
const nobodyHas = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(8)));
const small = (house: House) => house.remote.import([{ content: randomBytes(10) }]);
const few = { PIN_CONCURRENCY: '2', PIN_SEARCH_CONCURRENCY: '6' };

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 2_000) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('tending pins', () => {
  const stops: (() => Promise<void>)[] = [];
  afterEach(async () => {
    await Promise.all(stops.splice(0).map((stop) => stop()));
  });
  /** Workers that go on until the test is over. */
  const start = (house: House, count = 1) => {
    const stop = new AbortController();
    const working = Array.from({ length: count }, () => house.worker().run(stop.signal));
    stops.push(async () => {
      stop.abort(new Error('the test is over'));
      await Promise.all(working);
    });
  };
  const status = async (house: House, pin: PinRecord) => (await house.look(pin))?.status;
  const held = (house: House) => [...house.pins.rows.values()].filter((row) => row.status === 'pinning').length;
  /** A peer that takes its time, and a DAG of it for an account. */
  const slowDag = async (house: House) => {
    const slow = new BlockMap();
    house.node.addPeer('/memory/slow', slow);
    slow.delayMs = 10;
    const pins: PinRecord[] = [];
    for (let n = 0; n < 3; n++)
      pins.push(await house.pin(await new HostileDags(slow).chain(40), { origins: ['/memory/slow'] }));
    return pins;
  };

  it("finds another account's pin soon, however many of the first one's nobody has", async () => {
    const house = pinningHarness(few);
    for (let n = 0; n < 100; n++) await house.pin(await nobodyHas());
    start(house);
    await until(() => held(house) === 8);
    const asked = house.clock.now().getTime();
    const pin = await house.pin(await small(house), { userId: other });
    await until(async () => (await status(house, pin)) === 'pinned');
    expect(house.clock.now().getTime() - asked).toBeLessThan(30_000);
    expect(await house.metrics.render()).toMatch(/tidewater_pins_preempted_total [1-9]/);
  });

  it("finds an account's own pin behind many that nobody has, long before those have failed", async () => {
    const house = pinningHarness(few);
    const lost = [];
    for (let n = 0; n < 20; n++) lost.push(await house.pin(await nobodyHas()));
    const pin = await house.pin(await small(house));
    start(house);
    await until(async () => (await status(house, pin)) === 'pinned');
    expect(await Promise.all(lost.map((one) => status(house, one)))).not.toContain('failed');
  });

  it('looks for every pin as long as allowed, all its turns together, and fails it with the reason', async () => {
    const house = pinningHarness({ PIN_CONCURRENCY: '1', PIN_SEARCH_CONCURRENCY: '1', PIN_IDLE_TIMEOUT_SECONDS: '60' });
    const pins = [
      await house.pin(await nobodyHas()),
      await house.pin(await nobodyHas()),
      await house.pin(await nobodyHas()),
    ];
    start(house);
    await until(async () =>
      (await Promise.all(pins.map((pin) => status(house, pin)))).every((one) => one === 'failed'),
    );
    const rows = pins.map((pin) => house.pins.rows.get(pin.requestId)!);
    for (const row of rows)
      expect(row).toMatchObject({
        reason: 'ERR_PIN_NO_PROGRESS: no peer sent the first block within 60 s',
        failures: 1,
      });
    expect(rows.reduce((sum, row) => sum + row.attempts, 0)).toBeGreaterThan(3);
  });

  it('sends nobody away while nobody waits', async () => {
    const house = pinningHarness({ ...few, PIN_IDLE_TIMEOUT_SECONDS: '120' });
    const pin = await house.pin(await nobodyHas());
    await house.work();
    expect(house.pins.rows.get(pin.requestId)).toMatchObject({ status: 'failed', attempts: 1 });
  });

  it('lets another account transfer at once while slow transfers hold every slot', async () => {
    const house = pinningHarness({ PIN_CONCURRENCY: '1' });
    const slow = await slowDag(house);
    start(house);
    await until(() => house.dags.begun > 0);
    const pin = await house.pin(await small(house), { userId: other });
    await until(async () => (await status(house, pin)) === 'pinned');
    expect(await Promise.all(slow.map((one) => status(house, one)))).not.toContain('pinned');
    await until(async () =>
      (await Promise.all(slow.map((one) => status(house, one)))).every((one) => one === 'pinned'),
    );
    expect(house.dags.aborted).toBe(0);
  });

  it('stops a pin that is removed: looked for, waiting for a slot, or transferred', async () => {
    const house = pinningHarness({ PIN_CONCURRENCY: '1' });
    const [transferred, parked] = (await slowDag(house)) as [PinRecord, PinRecord];
    const looked = await house.pin(await nobodyHas());
    start(house);
    await until(() => house.dags.begun === 1 && held(house) === 4);
    for (const pin of [looked, parked, transferred]) await house.remove.run(house.owner, pin.requestId);
    await until(() => house.dags.aborted === 1);
    await until(() => house.dags.contents.size === 1);
    expect([...house.pins.rows.values()].map((row) => row.status)).toEqual(['pinned']);
    await until(async () => (await house.metrics.render()).includes('tidewater_pin_fetches{stage="looking"} 0'));
  });

  it('fetches each pin once when two workers share the rows', async () => {
    const house = pinningHarness();
    const pins: PinRecord[] = [];
    for (let n = 0; n < 30; n++) pins.push(await house.pin(await small(house)));
    start(house, 2);
    await until(async () =>
      (await Promise.all(pins.map((pin) => status(house, pin)))).every((one) => one === 'pinned'),
    );
    expect([...house.pins.rows.values()].map((row) => row.attempts)).toEqual(pins.map(() => 1));
    expect(house.dags.begun).toBe(30);
  });

  it('gives an account of three times the weight three times the seats', async () => {
    const house = pinningHarness(few, { limits: testLimits([[other, { pinWeight: 3 }]]) });
    for (let n = 0; n < 40; n++) await house.pin(await nobodyHas());
    start(house);
    await until(() => held(house) === 8);
    for (let n = 0; n < 40; n++) await house.pin(await nobodyHas(), { userId: other });
    const heavy = () =>
      [...house.pins.rows.values()].filter((row) => row.status === 'pinning' && row.userId === other).length;
    await until(() => heavy() === 6 && held(house) === 8);
  });
});
