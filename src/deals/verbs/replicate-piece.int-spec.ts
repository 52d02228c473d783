import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestDatabase, testDatabase } from '../../../test/support/test-database.js';
import { LeaseLost } from '../../platform/leases/index.js';
import type { CommittedPiece } from '../domain/deal.js';
import { minerId } from '../../shared/index.js';
import { DealHarness, type HarnessOptions, NO_DAY_CAPS } from '../testing/deal-harness.js';

describe('replicating a piece', () => {
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
  const by = (index: number) => harness.miners[index]!;

  /** What must hold at any moment: never more than six live deals, never two with one miner. */
  async function expectGuarded(replication = 6): Promise<void> {
    const rows = await database.query(
      'SELECT car_id, count(*)::int AS n, count(DISTINCT miner)::int AS miners FROM deals WHERE live GROUP BY car_id',
    );
    for (const { n, miners } of rows) {
      expect(n).toBeLessThanOrEqual(replication);
      expect(miners).toBe(n);
    }
  }

  it('goes from sealed to six active deals with six distinct miners, each transition with its epoch and event', async () => {
    begin();
    const carId = await harness.sealed();
    await harness.turn(9);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.map(({ state }) => state)).toEqual(Array(6).fill('active'));
    expect(new Set(deals.map(({ miner }) => miner)).size).toBe(6);
    expect(deals.map(({ slot }) => slot)).toEqual([0, 1, 2, 3, 4, 5]);
    const sealedAt = (await harness.chain.marketDeal(deals[0]!.chainDealId!))?.sectorStartEpoch;
    expect(deals[0]).toMatchObject({ activeEpoch: sealedAt, bytesSent: 1000, startEpoch: 1001 + 20_160 });
    expect((await harness.pieces.find(carId))?.state).toBe('replicated');
    const transitions = await database.query(
      'SELECT "from", "to", epoch FROM deal_moves WHERE deal_id = $1 ORDER BY id',
      [deals[0]?.id],
    );
    expect(transitions.map((transition) => `${String(transition['from'])}>${String(transition['to'])}`)).toEqual([
      'queued>proposed',
      'proposed>accepted',
      'accepted>transferring',
      'transferring>published',
      'published>active',
    ]);
    expect(transitions.at(-1)?.['epoch']).toBe(sealedAt);
    const events = await database.query<{ name: string; n: string }>(
      "SELECT name, count(*) AS n FROM outbox WHERE payload->>'carId' = $1 GROUP BY name ORDER BY name",
      [carId],
    );
    expect(events).toEqual([
      { name: 'deal.moved', n: '30' },
      { name: 'piece.committed', n: '1' },
      { name: 'piece.replicated', n: '1' },
    ]);
    expect(harness.outcomes.filter(({ ok }) => ok)).toHaveLength(6);
  });

  it('takes another miner at once when one refuses and one is unreachable, and keeps the reasons', async () => {
    begin();
    harness.market.script(by(0), 'refuses').script(by(1), 'unreachable');
    const carId = await harness.committed();
    await harness.replicate.run(carId, harness.signal);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.filter(({ live }) => live)).toHaveLength(6);
    expect(deals.find(({ miner }) => miner === by(0))).toMatchObject({
      state: 'rejected',
      failurePhase: 'propose',
      failureReason: 'refused-policy',
    });
    expect(deals.find(({ miner }) => miner === by(1))).toMatchObject({
      state: 'failed',
      failurePhase: 'send-proposal',
      failureReason: 'miner-unreachable',
    });
    expect(harness.outcomes).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ miner: by(0), ok: false }),
        expect.objectContaining({ miner: by(1), ok: false }),
      ]),
    );
    await expectGuarded();
  });

  it.each([
    ['rejects', 'rejected', 'propose', 'refused-policy'],
    ['transfer-fails', 'failed', 'data-transfer', 'transfer-failed'],
    ['stalls', 'failed', 'data-transfer', 'transfer-stalled'],
    ['never-publishes', 'failed', 'data-transfer', 'publish-failed'],
    ['lies', 'failed', 'check-chain-deal', 'chain-deal-mismatch'],
    ['slashed', 'slashed', 'check-chain-deal', 'slashed'],
  ] as const)(
    'replaces a deal whose miner %s, and names phase and reason',
    async (script, state, failurePhase, failureReason) => {
      begin({ env: { DEALS_STALL_TIMEOUT_SECONDS: '30' } });
      harness.market.script(by(2), script);
      const carId = await harness.committed();
      await harness.turn(80);
      const deals = await harness.deals.ofPiece(carId);
      expect(deals.find(({ miner }) => miner === by(2))).toMatchObject({
        state,
        failurePhase,
        failureReason,
        live: false,
      });
      expect(deals.filter((deal) => deal.state === 'active')).toHaveLength(6);
      expect((await harness.pieces.find(carId))?.state).toBe('replicated');
      await expectGuarded();
    },
  );

  it('gives the miners their time again when we were away, and waits longer after each that seemed silent', async () => {
    begin({ env: { DEALS_STALL_TIMEOUT_SECONDS: '30', DEALS_REPLICATION: '1' } });
    for (const miner of harness.miners) harness.market.script(miner, 'never-publishes');
    const carId = await harness.committed();
    await harness.turn(4);
    harness.clock.advance(3_600_000);
    await harness.turn(2);
    expect(await harness.states(carId)).toEqual(['transferring']);
    await harness.turn(120);
    const deals = await harness.deals.ofPiece(carId);
    const lasted = deals.slice(1, 4).map(({ createdAt, updatedAt }) => updatedAt.getTime() - createdAt.getTime());
    expect(deals.slice(0, 4).map(({ failureReason }) => failureReason)).toEqual(Array(4).fill('publish-failed'));
    expect(lasted).toEqual([...lasted].sort((a, b) => a - b));
    expect(lasted[2]).toBeGreaterThan(1.5 * (lasted[0] ?? 0));
  });

  it('never makes more than six live deals or two with a miner, however many workers replicate at the same time', async () => {
    begin({ miners: 20 });
    const others = Array.from({ length: 9 }, () => new DealHarness(database.url, { miners: 20 }));
    for (const other of others) Object.assign(other, { market: harness.market });
    const carId = await harness.committed();
    for (let round = 0; round < 4; round += 1) {
      await database.query('UPDATE pieces SET next_check_at = $1, lease_until = NULL', [new Date(0)]);
      const again = setInterval(
        () => void database.query('UPDATE pieces SET next_check_at = $1, lease_until = NULL', [new Date(0)]),
        3,
      );
      await Promise.all([harness, ...others].map((each) => each.replicate.run(carId, each.signal)));
      clearInterval(again);
      await expectGuarded();
    }
    expect((await harness.deals.ofPiece(carId)).filter(({ live }) => live)).toHaveLength(6);
    await Promise.all(others.map((other) => other.close()));
  });

  it('lets a worker that lost its piece or its deal to another change nothing more', async () => {
    begin();
    const carId = await harness.sealed();
    const slow = (await harness.pieces.claimToCommit(carId, 1_000))!;
    harness.clock.advance(1_000);
    const quick = (await harness.pieces.claimToCommit(carId, 60_000))!;
    const commitment = { pieceCid: 'baga6ea4seaqtest', pieceSize: 2048n };
    await expect(harness.pieces.commit(slow, commitment, 1)).rejects.toThrow(LeaseLost);
    await harness.pieces.commitFailed(slow, 'too late', harness.clock.now());
    expect(await harness.pieces.find(carId)).toMatchObject({ state: 'sealed', lastError: null, commpAttempts: 0 });
    await harness.pieces.commit(quick, commitment, 1);
    expect(await harness.pieces.find(carId)).toMatchObject({ state: 'committed', pieceCid: 'baga6ea4seaqtest' });

    await harness.turn(1);
    harness.clock.advance(60_000);
    const [lost] = await harness.deals.claimDue(1, 1_000);
    harness.clock.advance(1_000);
    expect((await harness.deals.claimDue(10, 60_000)).map(({ deal }) => deal.id)).toContain(lost!.deal.id);
    await harness.deals.looked(lost!, 999, true);
    await harness.deals.release(lost!.lease, harness.clock.now());
    expect(await harness.deals.find(lost!.deal.id)).toMatchObject({ bytesSent: 0 });
    expect(await harness.deals.claimDue(10, 60_000)).toEqual([]);
  });

  it('adopts the proposal that went out before a crash, also when a clock was set, and makes no second', async () => {
    begin();
    harness.market.afterPropose = () => {
      throw new Error('the process died here');
    };
    const carId = await harness.committed();
    await harness.replicate.run(carId, harness.signal);
    expect(await harness.states(carId)).toEqual(Array(6).fill('queued'));
    harness.market.afterPropose = () => undefined;
    // Our clock was an hour ahead when they were sent.
    for (const proposal of harness.market.proposals)
      proposal.createdAt = new Date(harness.clock.now().getTime() - 3_600_000);
    await harness.turn(4);
    expect(harness.market.proposals).toHaveLength(6);
    const deals = await harness.deals.ofPiece(carId);
    expect(new Set(deals.map(({ proposalCid }) => proposalCid))).toEqual(
      new Set(harness.market.proposals.map(({ proposalCid }) => proposalCid)),
    );
    await expectGuarded();
  });

  it('proposes again after a crash between the row and the proposal, once the node says that none went out', async () => {
    begin();
    harness.market.down = true;
    const carId = await harness.committed();
    await harness.replicate.run(carId, harness.signal);
    expect(
      (await harness.deals.ofPiece(carId)).every(
        ({ state, proposingSince }) => state === 'queued' && proposingSince !== null,
      ),
    ).toBe(true);
    await harness.turn(3);
    expect(await harness.states(carId)).toEqual(Array(6).fill('queued'));
    harness.market.down = false;
    await harness.turn(10);
    expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
    expect(harness.market.proposals).toHaveLength(6);
  });

  it('waits, and says why, while too few miners fit', async () => {
    begin({ miners: 4 });
    const carId = await harness.committed();
    await harness.turn(1);
    const piece = await harness.pieces.find(carId);
    expect(piece).toMatchObject({ state: 'replicating', lastError: '4 of 6 miners found' });
    expect(piece!.nextCheckAt.getTime()).toBeGreaterThan(harness.clock.now().getTime() - 5_000);
    harness.miners.push(minerId('t01004'), minerId('t01005'));
    await harness.turn(12);
    expect((await harness.pieces.find(carId))?.state).toBe('replicated');
  });

  it('proposes nothing without DataCap, and never more verified deals than it covers', async () => {
    begin({ env: { DEALS_VERIFIED: 'true' } });
    harness.chain.walletFacts = { ...harness.chain.walletFacts, dataCap: 5000n };
    const carId = await harness.committed();
    await harness.turn(1);
    expect(await harness.states(carId)).toEqual(['proposed', 'proposed']);
    expect((await harness.pieces.find(carId))?.lastError).toMatch(/DataCap/);
  });

  it('never promises more DataCap than there is, however many pieces ask at the same time', async () => {
    begin({ env: { DEALS_VERIFIED: 'true' } });
    harness.chain.walletFacts = { ...harness.chain.walletFacts, dataCap: 7n * 2048n };
    const pieces = await Promise.all(Array.from({ length: 12 }, () => harness.committed()));
    await Promise.all(pieces.map((carId) => harness.replicate.run(carId, harness.signal)));
    expect((await Promise.all(pieces.map((carId) => harness.states(carId)))).flat()).toEqual(Array(7).fill('proposed'));
  });

  it('proposes rows that a crash left behind before anything was sent', async () => {
    begin();
    const carId = await harness.committed();
    const piece = (await harness.pieces.find(carId)) as CommittedPiece;
    const funds = async () => ({ available: 10n ** 20n, dataCap: null });
    await harness.deals.reserve(
      piece,
      [{ slot: 0, role: 'current', renews: null, miner: by(3), price: 1n, totalCost: 1n }],
      funds,
      NO_DAY_CAPS,
    );
    await harness.turn(2);
    const deals = await harness.deals.ofPiece(carId);
    expect(deals.filter(({ live }) => live)).toHaveLength(6);
    expect(deals[0]).toMatchObject({ miner: by(3), slot: 0, proposalCid: expect.any(String) });
  });

  it('refuses a second live deal in a slot or with a miner, whoever asks', async () => {
    begin();
    const carId = await harness.committed();
    await harness.turn(1);
    const again = (miner: string, slot: number) =>
      database.query(
        'INSERT INTO deals (car_id, miner, slot, verified, price, duration) VALUES ($1, $2, $3, false, 0, 1)',
        [carId, miner, slot],
      );
    await expect(again('t09999', 0)).rejects.toThrow(/unique/);
    await expect(again(by(0), 77)).rejects.toThrow(/unique/);
    expect(
      (
        await harness.deals.reserve(
          (await harness.pieces.find(carId)) as CommittedPiece,
          [{ slot: 0, role: 'current', renews: null, miner: by(9), price: 0n, totalCost: 0n }],
          async () => ({ available: 1n, dataCap: null }),
          NO_DAY_CAPS,
        )
      ).deals,
    ).toEqual([]);
  });

  it('proposes nothing that the wallet cannot pay', async () => {
    begin();
    harness.chain.walletFacts = { ...harness.chain.walletFacts, balance: 0n, escrow: 0n };
    const carId = await harness.committed();
    await harness.turn(2);
    expect(await harness.states(carId)).toEqual([]);
    expect((await harness.pieces.find(carId))?.lastError).toMatch(/wallet/);
  });

  it('proposes nothing while deal making is switched off, and goes on when it is switched on', async () => {
    begin();
    await harness.pieces.switchDealMaking(false);
    const carId = await harness.committed();
    await harness.turn(2);
    expect(await harness.states(carId)).toEqual([]);
    expect((await harness.pieces.find(carId))?.lastError).toBe('deal making is switched off');
    await harness.pieces.switchDealMaking(true);
    await harness.turn(1);
    expect(await harness.states(carId)).toHaveLength(6);
  });

  it('honours replication, duration and price of the upload', async () => {
    begin();
    const carId = await harness.committed({ replication: 2, duration: 777, maxPrice: '5', verified: false });
    await harness.turn(1);
    expect(await harness.pieces.find(carId)).toMatchObject({ replication: 2, duration: 777, maxPrice: 5n });
    expect((await harness.deals.ofPiece(carId)).map(({ duration }) => duration)).toEqual([777, 777]);
  });

  it('makes no deals for a piece that nobody wants any more, and tracks those it has', async () => {
    begin();
    const carId = await harness.committed();
    await harness.turn(2);
    await harness.registry.retire(carId);
    await harness.turn(6);
    expect(await harness.states(carId)).toEqual(Array(6).fill('active'));
    harness.chain.putDeal({ chainDealId: 1000n, slashEpoch: harness.chain.height });
    harness.clock.advance(100_000);
    await harness.turn(12);
    expect((await harness.states(carId)).filter((state) => state === 'slashed')).toHaveLength(1);
    expect(await harness.states(carId)).toHaveLength(6);
  });

  it('brings the bytes of an offloaded piece back from a holder before it repairs', async () => {
    begin();
    const carId = await harness.replicated();
    harness.files.sizes.delete(carId);
    harness.chain.putDeal({ chainDealId: 1000n, slashEpoch: harness.chain.height });
    harness.clock.advance(100_000);
    await harness.turn(13);
    expect(harness.source.wanted).toHaveLength(1);
    expect(harness.source.wanted[0]).toMatchObject({ carId, carBytes: 1000, pieceSize: 2048n });
    expect(harness.source.wanted[0]?.holders).toHaveLength(5);
    await harness.turn(8);
    expect((await harness.pieces.find(carId))?.state).toBe('replicated');
  });

  it('stops asking miners when the node cannot make deals at all, and says so', async () => {
    begin();
    harness.market.unsupported = true;
    const carId = await harness.committed();
    await harness.turn(3);
    expect(await harness.states(carId)).toEqual(Array(6).fill('queued'));
    expect((await harness.pieces.find(carId))?.lastError).toMatch(/cannot make deals/);
    expect(harness.outcomes).toEqual([]);
  });
});
