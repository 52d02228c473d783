import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { ChainCallFailed, ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
import { DiskFull } from '../../storage/index.js';
import { NodeFault } from '../domain/deals.errors.js';
import type { NodeFaultName } from '../domain/node-fault.js';
import { DealHarness, type HarnessOptions } from '../testing/deal-harness.js';

// Hundreds of turns on a real database: two seconds each, and many times that where others want the machine, too.
jest.setTimeout(180_000);

/** Our own node and wallet go wrong: deals wait, no miner is blamed, and all goes on by itself once it is mended. */
describe('a fault of our own node or wallet', () => {
  let database: TestDatabase;
  let harness: DealHarness;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterEach(async () => {
    await harness.close();
    await database.query('TRUNCATE deals, pieces, deal_moves, outbox, settings, deal_faults CASCADE');
  });
  afterAll(() => database.drop());
  const begin = (options: HarnessOptions = {}) => (harness = new DealHarness(database.url, options));
  const open = async () => (await harness.faultStore.open()).map(({ fault, paused }) => ({ fault, paused }));

  it.each<[NodeFaultName, () => Error]>([
    ['wallet-funds', () => new NodeFault('wallet-funds', 'adding market funds failed: not enough funds')],
    ['wallet-locked', () => new NodeFault('wallet-locked', 'wallet is locked')],
    ['file-not-visible', () => new NodeFault('file-not-visible', 'open /cars/x.car: no such file or directory')],
    ['token-refused', () => new ChainUnauthorized('the token does not allow ClientStartDeal')],
    ['wallet-key-missing', () => new ChainCallFailed('ClientStartDeal: failed to sign proposal: key not found')],
  ])('stops proposals, charges nobody, and deals go on by themselves when it is mended: %s', async (fault, failure) => {
    begin();
    let asked = 0;
    const propose = harness.market.propose.bind(harness.market);
    harness.market.propose = () => {
      asked += 1;
      return Promise.reject(failure());
    };
    const pieces = [await harness.committed(), await harness.committed(), await harness.committed()];
    await harness.turn(20);
    expect(await open()).toEqual([{ fault, paused: true }]);
    // 100 seconds: the first piece at once, then one piece at a time after 5, 15, 35 and 75 s.
    expect(asked).toBeLessThanOrEqual(6 * 6);
    expect(harness.outcomes).toEqual([]);
    for (const carId of pieces) {
      expect((await harness.states(carId)).every((state) => state === 'queued')).toBe(true);
      expect((await harness.pieces.find(carId))?.lastError).toBeTruthy();
    }
    harness.market.propose = propose;
    await harness.turn(40);
    expect(await open()).toEqual([]);
    expect((await harness.faultStore.all())[0]).toMatchObject({ fault, paused: false, resolvedAt: expect.any(Date) });
    for (const carId of pieces) expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
    expect(harness.market.proposals).toHaveLength(18);
  });

  it.each<[NodeFaultName, boolean]>([
    ['wallet-funds', false],
    ['wallet-datacap', true],
  ])('that a reservation finds stops deals until there is enough again: %s', async (fault, verified) => {
    begin({ env: { DEALS_VERIFIED: String(verified) } });
    const { walletFacts } = harness.chain;
    harness.chain.walletFacts = { ...walletFacts, balance: 0n, escrow: 0n, locked: 0n, dataCap: 0n };
    let looked = 0;
    const wallet = harness.chain.wallet.bind(harness.chain);
    harness.chain.wallet = (signal) => {
      looked += 1;
      return wallet(signal);
    };
    const pieces = [await harness.committed(), await harness.committed(), await harness.committed()];
    await harness.turn(20);
    expect(await open()).toEqual([{ fault, paused: true }]);
    // 100 seconds: one piece at once, then one piece at a time, each 15 s at most.
    expect(looked).toBeLessThanOrEqual(10);
    for (const carId of pieces) {
      expect(await harness.states(carId)).toEqual([]);
      expect((await harness.pieces.find(carId))?.lastError).toMatch(/wallet cannot pay|DataCap/);
    }
    expect(harness.outcomes).toEqual([]);
    harness.chain.walletFacts = { ...walletFacts, balance: 10n ** 24n, dataCap: 10n ** 15n };
    await harness.turn(14);
    expect(await open()).toEqual([]);
    for (const carId of pieces) expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
  });

  it.each<[NodeFaultName, () => Error]>([
    ['token-refused', () => new ChainUnauthorized('the token does not allow WalletBalance')],
    ['node-unavailable', () => new ChainUnavailable('the node does not answer')],
  ])('that keeps the wallet from being read reserves nothing, and stops deals: %s', async (fault, failure) => {
    begin();
    const wallet = harness.chain.wallet.bind(harness.chain);
    harness.chain.wallet = () => Promise.reject(failure());
    const carId = await harness.committed();
    await harness.turn(5);
    expect(await open()).toEqual([{ fault, paused: true }]);
    expect(await harness.states(carId)).toEqual([]);
    harness.chain.wallet = wallet;
    await harness.turn(14);
    expect(await open()).toEqual([]);
    expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
  });

  it('of our own disk keeps commP from being computed, is shown, and leaves other pieces alone', async () => {
    begin();
    const [lost, full] = [await harness.sealed(), await harness.sealed()];
    harness.files.sizes.delete(lost);
    const read = harness.files.read.bind(harness.files);
    harness.files.read = (id) => {
      if (id === full) throw Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC', syscall: 'write' });
      return read(id);
    };
    await harness.commit.run(lost, harness.signal);
    // A CAR that goes may be read about a moment before its piece hears of it.
    expect(await open()).toEqual([]);
    await harness.turn(3);
    expect(new Set((await open()).map(({ fault }) => fault))).toEqual(new Set(['file-unreadable', 'disk-full']));
    expect((await open()).every(({ paused }) => !paused)).toBe(true);
    expect((await harness.faultStore.all()).map(({ stage }) => stage)).toEqual(['commp', 'commp']);
    expect(harness.outcomes).toEqual([]);
    const other = await harness.committed();
    await harness.turn(8);
    expect(await harness.states(other)).toEqual(Array(6).fill('active'));
    harness.files.sizes.set(lost, 1000);
    harness.files.read = read;
    await harness.turn(20);
    expect(await open()).toEqual([]);
    for (const carId of [lost, full]) expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
  });

  it('of our own disk keeps a repair from getting its bytes, and is shown', async () => {
    begin();
    const carId = await harness.replicated();
    harness.files.sizes.delete(carId);
    harness.source.failing = new DiskFull('there is no room left on this node');
    harness.chain.putDeal({ chainDealId: 1000n, slashEpoch: harness.chain.height });
    harness.clock.advance(100_000);
    await harness.turn(16);
    expect(await open()).toEqual([{ fault: 'disk-full', paused: false }]);
    expect((await harness.pieces.find(carId))?.lastError).toContain('no room left');
    harness.source.failing = null;
    await harness.turn(16);
    expect(await open()).toEqual([]);
    expect((await harness.states(carId)).filter((state) => state === 'active')).toHaveLength(6);
    expect(harness.outcomes.filter(({ ok }) => !ok)).toHaveLength(1);
  });

  it('that three deals ended by stops new ones, and leaves every miner as good as before', async () => {
    begin();
    const status = harness.market.status.bind(harness.market);
    harness.market.status = async (cid) => {
      const known = await status(cid);
      const message = 'deal rejected: clientMarketBalance.Available too small: 0 < 5000';
      return known && { ...known, phase: 'rejected', detail: 'StorageDealError', message };
    };
    const carId = await harness.committed();
    await harness.turn(2);
    const failed = (await harness.deals.ofPiece(carId)).filter(({ state }) => state === 'rejected');
    expect(new Set(failed.map(({ failureReason }) => failureReason))).toEqual(new Set(['wallet-funds']));
    expect(await open()).toEqual([{ fault: 'wallet-funds', paused: true }]);
    expect(harness.outcomes).toEqual([]);
    harness.market.status = status;
    await harness.turn(30);
    expect((await harness.states(carId)).filter((state) => state === 'active')).toHaveLength(6);
    expect(await open()).toEqual([]);
  });

  it('that one miner tells of stops nobody', async () => {
    begin();
    const status = harness.market.status.bind(harness.market);
    harness.market.status = async (cid) => {
      const known = await status(cid);
      if (known?.proposal['provider'] !== harness.miners[0]) return known;
      return {
        ...known,
        phase: 'rejected',
        message: 'verified deal DataCap too small for proposed piece size: 0 < 1',
      } as never;
    };
    const carId = await harness.committed();
    await harness.turn(10);
    expect((await harness.states(carId)).filter((state) => state === 'active')).toHaveLength(6);
    expect((await harness.faultStore.all()).every(({ paused }) => !paused)).toBe(true);
    expect(harness.outcomes.every(({ ok }) => ok)).toBe(true);
  });

  it("of a miner's small sectors takes another miner and stops nothing", async () => {
    begin();
    const propose = harness.market.propose.bind(harness.market);
    harness.market.propose = (piece, terms, miner, signal) =>
      miner === harness.miners[1]
        ? Promise.reject(new ChainCallFailed("ClientStartDeal: data doesn't fit in a sector"))
        : propose(piece, terms, miner, signal);
    const carId = await harness.committed();
    await harness.turn(10);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.filter(({ state }) => state === 'active')).toHaveLength(6);
    expect(deals.filter(({ miner }) => miner === harness.miners[1])).toEqual([
      expect.objectContaining({ failureReason: 'sector-size', state: 'rejected' }),
    ]);
    expect(harness.outcomes.every(({ ok }) => ok)).toBe(true);
  });

  it('without a name counts, waits longer each time, is shown, and ends with another miner', async () => {
    begin({ env: { DEALS_REPLICATION: '1' } });
    const at: number[] = [];
    const propose = harness.market.propose.bind(harness.market);
    harness.market.propose = (piece, terms, miner, signal) => {
      if (miner !== harness.miners[0]) return propose(piece, terms, miner, signal);
      at.push(harness.clock.now().getTime());
      return Promise.reject(new ChainCallFailed('ClientStartDeal: the moon is in the seventh house'));
    };
    const carId = await harness.committed();
    await harness.turn(60);
    const pauses = at.slice(1).map((time, index) => time - at[index]!);
    expect(pauses).toHaveLength(4);
    expect(pauses).toEqual([...pauses].sort((a, b) => a - b));
    expect(pauses.at(-1)).toBeGreaterThan(4 * pauses[0]!);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.map(({ failureReason, state }) => failureReason ?? state)).toEqual(['unknown-error', 'active']);
    expect((await harness.faultStore.all()).find(({ stage }) => stage === 'propose')?.message).toContain('the moon');
    expect(harness.outcomes.every(({ ok }) => ok)).toBe(true);
  });

  it('that is a node out of sync proposes nothing', async () => {
    begin();
    harness.chain.headAgeSeconds = 7_200;
    const carId = await harness.committed();
    await harness.turn(3);
    expect(await open()).toEqual([{ fault: 'node-lagging', paused: true }]);
    expect(harness.market.proposals).toHaveLength(0);
    harness.chain.headAgeSeconds = 0;
    await harness.turn(20);
    expect((await harness.states(carId)).filter((state) => state === 'active')).toHaveLength(6);
  });
});
