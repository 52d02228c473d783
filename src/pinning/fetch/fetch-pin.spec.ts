import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { testLimits } from '../../accounts/testing/test-limits.js';
import { userId, type UserId } from '../../shared/index.js';
import { HostileDags } from '../testing/hostile-dags.js';
import { pinningHarness } from '../testing/pinning-harness.js';

const nobodyHas = async () => CID.createV1(raw.code, await sha256.digest(randomBytes(8)));
const MIB = 1024 ** 2;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; !(await condition()); tries++) {
    if (tries > 1000) throw new Error('did not happen');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe('fetching a pin', () => {
  it('brings the DAG into a CAR and marks the pin pinned with the content that holds it', async () => {
    const house = pinningHarness();
    const root = await house.remote.import([
      { path: 'site/a', content: randomBytes(2 * MIB) },
      { path: 'site/b', content: randomBytes(10) },
    ]);
    const pin = await house.pin(root, { name: 'my site' });
    await house.work();
    const done = await house.look(pin);
    expect(done).toMatchObject({ status: 'pinned', contentId: '1', progress: { blocks: 5, sources: 1 } });
    expect(house.dags.contents.get(done!.contentId!)).toMatchObject({
      name: 'my site',
      type: 'directory',
      profile: 'pin',
      pinRequestId: pin.requestId,
    });
    expect(house.dags.hot.count).toBe(5);
  });

  it('fetches nothing for a root that came in meanwhile', async () => {
    const house = pinningHarness();
    const root = await house.remote.import([{ content: randomBytes(100) }]);
    const first = await house.pin(root);
    await house.work();
    const second = await house.pins.store.add({ ...first, name: 'again' });
    await house.work();
    expect(house.dags.begun).toBe(1);
    expect([(await house.look(first))?.contentId, (await house.look(second))?.contentId]).toEqual(['1', '2']);
  });

  it('fails with the reason when no block comes for as long as allowed', async () => {
    const house = pinningHarness({ PIN_IDLE_TIMEOUT_SECONDS: '30' });
    const pin = await house.pin(await nobodyHas());
    await house.work();
    expect(await house.look(pin)).toMatchObject({
      status: 'failed',
      reason: 'ERR_PIN_NO_PROGRESS: no peer sent the first block within 30 s',
    });
    expect(house.dags.begun).toBe(0);
  });

  it('says after how many blocks the rest stayed away, and leaves nothing behind', async () => {
    const house = pinningHarness({ PIN_IDLE_TIMEOUT_SECONDS: '30' });
    const root = await house.remote.import([{ content: randomBytes(3 * MIB) }]);
    house.remote.delete(house.remote.entries()[2]!.cid);
    const pin = await house.pin(root);
    await house.work();
    expect((await house.look(pin))?.reason).toMatch(/after [123] blocks/);
    expect(house.dags.aborted).toBe(1);
  });

  it('stops and leaves nothing when the pin is deleted while it is fetched', async () => {
    const house = pinningHarness();
    const root = await house.remote.import([{ content: randomBytes(3 * MIB) }]);
    const pin = await house.pin(root);
    let go: () => void = () => undefined;
    house.dags.beforePut = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const running = house.work();
    await until(() => house.dags.begun === 1);
    await house.remove.run(house.owner, pin.requestId);
    house.dags.beforePut = () => Promise.resolve();
    go();
    await running;
    expect(house.dags.contents.size).toBe(0);
    expect(house.dags.aborted).toBe(1);
    expect(house.pins.rows.size).toBe(0);
  });

  it('gives the pin back untouched when the process goes down', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await nobodyHas());
    const shutdown = new AbortController();
    const running = house.work(shutdown.signal);
    await until(async () => (await house.look(pin))?.status === 'pinning');
    shutdown.abort(new Error('shutting down'));
    await running;
    expect(await house.look(pin)).toMatchObject({ status: 'queued', failures: 0, reason: null });
  });

  it('names a DAG that is too large and does not try it again', async () => {
    const house = pinningHarness({ PIN_MAX_BYTES: String(MIB) });
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(3 * MIB) }]));
    await house.work();
    expect((await house.look(pin))?.reason).toMatch(/^ERR_PIN_TOO_LARGE: /);
    expect((await house.look(pin))?.status).toBe('failed');
    expect(house.dags.aborted).toBe(1);
  });

  it('tries a failure without a name again, later each time, and says nothing of our insides', async () => {
    const house = pinningHarness();
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    house.dags.beforePut = () => Promise.reject(new Error('secret path /x/y'));
    for (let failures = 1; failures < 5; failures++) {
      await house.work();
      expect(await house.look(pin)).toMatchObject({
        status: 'queued',
        failures,
        reason: 'ERR_INTERNAL_SERVER: unexpected failure',
      });
      house.clock.advance(15_000 * 2 ** failures);
    }
    await house.work();
    expect((await house.look(pin))?.status).toBe('failed');
  });

  it('lets pins that nobody has wait without taking the place of those that can be had', async () => {
    const house = pinningHarness({ PIN_CONCURRENCY: '1' });
    const stop = new AbortController();
    for (let n = 0; n < 5; n++) await house.pin(await nobodyHas());
    const working = house.work(stop.signal);
    await until(() => [...house.pins.rows.values()].every((row) => row.status === 'pinning'));
    const pin = await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    await until(async () => (await house.look(pin))?.status === 'pinned');
    stop.abort(new Error('enough'));
    await working;
  });

  it('transfers no more at once than the settings say', async () => {
    const house = pinningHarness({ PIN_CONCURRENCY: '2' });
    for (let n = 0; n < 4; n++) await house.pin(await house.remote.import([{ content: randomBytes(10) }]));
    const gates: (() => void)[] = [];
    house.dags.beforePut = () => new Promise((resolve) => gates.push(resolve));
    const running = house.work();
    await until(() => gates.length === 2);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(house.dags.begun).toBe(2);
    house.dags.beforePut = () => Promise.resolve();
    for (const open of gates) open();
    await running;
    expect([...house.pins.rows.values()].map((row) => row.status)).toEqual(['pinned', 'pinned', 'pinned', 'pinned']);
  });

  it('fails a transfer that takes longer than a pin may, and does not try it again', async () => {
    const house = pinningHarness({ PIN_MAX_HOURS: '0.01' });
    house.remote.delayMs = 10;
    const pin = await house.pin(await new HostileDags(house.remote).chain(200));
    await house.work();
    expect(await house.look(pin)).toMatchObject({ status: 'failed', failures: 1 });
    expect((await house.look(pin))?.reason).toMatch(
      /^ERR_PIN_TIMEOUT: the transfer took more than 0.01 h, and had \d+ blocks then$/,
    );
    expect(house.dags.aborted).toBe(1);
  });

  it("fails by name what is larger than the rest of the account's quota, before and while it comes", async () => {
    const [poor, none] = [userId(randomUUID()), userId(randomUUID())];
    const house = pinningHarness(
      {},
      {
        limits: testLimits([
          [poor, { bytesQuota: MIB }],
          [none, { bytesQuota: 0 }],
        ]),
      },
    );
    const root = await house.remote.import([{ content: randomBytes(3 * MIB) }]);
    const queued = (owner: UserId) =>
      house.pins.store.add({
        userId: owner,
        cid: root.toString(),
        cidV1: root.toString(),
        name: null,
        origins: ['/memory/1'],
        meta: {},
      });
    const pins = [await queued(poor), await queued(none)];
    await house.work();
    for (const pin of pins) {
      expect(await house.look(pin)).toMatchObject({ status: 'failed', attempts: 1 });
      expect((await house.look(pin))?.reason).toMatch(/^ERR_QUOTA_EXCEEDED: /);
    }
    expect([house.dags.begun, house.dags.aborted]).toEqual([1, 1]);
  });

  describe('of what only miners hold', () => {
    /** A DAG that was pinned once and offloaded since; nobody in the network has it. */
    const offloaded = async (house: ReturnType<typeof pinningHarness>) => {
      const root = await house.remote.import([{ content: randomBytes(100) }]);
      await house.pin(root);
      await house.work();
      for (const { cid } of house.remote.entries()) {
        house.remote.delete(cid);
        house.dags.hot.delete(cid);
      }
      (await house.dags.find(root))!.hot = false;
      return root;
    };

    it('waits until it is back, however long that takes, and pins it as hot', async () => {
      const asked: string[] = [];
      const house: ReturnType<typeof pinningHarness> = pinningHarness(
        { PIN_IDLE_TIMEOUT_SECONDS: '30' },
        {
          cold: {
            restore: async (root) => {
              asked.push(root.toString());
              await house.clock.sleep(3_600_000);
              (await house.dags.find(root))!.hot = true;
              return true;
            },
          },
        },
      );
      const root = await offloaded(house);
      const pin = await house.pin(root);
      expect(pin.status).toBe('queued');
      await house.work();
      expect(await house.look(pin)).toMatchObject({ status: 'pinned', contentId: '2' });
      expect(asked).toEqual([root.toString()]);
      expect(house.dags.begun).toBe(1);
    });

    it('looks for it in the network when no miner gives it', async () => {
      const house = pinningHarness(
        { PIN_IDLE_TIMEOUT_SECONDS: '30' },
        { cold: { restore: () => Promise.reject(new Error('no miner has it')) } },
      );
      const pin = await house.pin(await offloaded(house));
      await house.work();
      expect((await house.look(pin))?.reason).toMatch(/^ERR_PIN_NO_PROGRESS: no peer/);
    });

    it('stops asking when the pin is removed', async () => {
      let reason: unknown;
      const house = pinningHarness(
        {},
        {
          cold: {
            restore: (_root, signal) =>
              new Promise((_, reject) =>
                signal.addEventListener('abort', () => {
                  reason = signal.reason;
                  reject(signal.reason as Error);
                }),
              ),
          },
        },
      );
      const pin = await house.pin(await offloaded(house));
      const stop = new AbortController();
      const working = house.worker().run(stop.signal);
      await until(async () => (await house.look(pin))?.status === 'pinning');
      await house.remove.run(house.owner, pin.requestId);
      await until(() => reason !== undefined);
      stop.abort(new Error('enough'));
      await working;
      expect(reason).toMatchObject({ code: 'ERR_PIN_TAKEN_AWAY' });
    });
  });
});
