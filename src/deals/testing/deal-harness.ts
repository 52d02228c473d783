import { randomUUID } from 'node:crypto';
import { TestClock } from '../../../test/support/test-clock.js';
import { AccountLimits } from '../../accounts/index.js';
import { InMemoryLimitStore } from '../../accounts/testing/in-memory-limit-store.js';
import { ChainHeads } from '../../chain/index.js';
import { ScriptedChainSource } from '../../chain/testing/scripted-chain-source.js';
import { AppConfig } from '../../config/index.js';
import { CarFiles } from '../../storage/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database } from '../../platform/prisma/index.js';
import { Settings } from '../../platform/settings/index.js';
import { type CarId, carId, type MinerId, minerId } from '../../shared/index.js';
import type { DealState } from '../domain/deal-state.js';
import { PieceHasher, type PieceHashing, PieceSource, type WantedPiece } from '../ports/piece.port.js';
import { PostgresContentCarsStore } from '../store/postgres-content-cars.store.js';
import { DealFaultsStore } from '../store/deal-faults.store.js';
import { DealReservations } from '../store/deal-reservations.store.js';
import { DealTransitions } from '../store/deal-transitions.js';
import { type DayCaps, PostgresDealStore } from '../store/postgres-deal.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { AssignMiners } from '../verbs/assign-miners.js';
import { AuditSealedDeals } from '../verbs/audit-deals.js';
import { CommitPiece } from '../verbs/commit-piece.js';
import { DealAdmission, SpendingCaps } from '../verbs/deal-admission.js';
import { FailDeal } from '../verbs/fail-deal.js';
import { NodeFaults } from '../verbs/node-faults.js';
import { PieceRegistry, type SealedCar } from '../verbs/piece-registry.js';
import { ProposeDeal } from '../verbs/propose-deal.js';
import { EnsurePieceLocal, ReplicatePiece } from '../verbs/replicate-piece.js';
import { TrackDeal, TrackDeals } from '../verbs/track-deals.js';
import { ScriptedDealMaker } from './scripted-deal-maker.js';

class FakeFiles extends CarFiles {
  readonly sizes = new Map<CarId, number>();
  localPathOf(id: CarId): string {
    return `/cars/${id}.car`;
  }
  async *read(id: CarId): AsyncGenerator<Uint8Array> {
    yield Buffer.from(id);
  }
  async sizeOf(id: CarId): Promise<number | null> {
    return this.sizes.get(id) ?? null;
  }
  async putBack(id: CarId): Promise<void> {
    this.sizes.set(id, 1000);
  }
}

class FakeHasher extends PieceHasher {
  failing: Error | null = null;
  start(): PieceHashing {
    if (this.failing) throw this.failing;
    let text = '';
    return {
      write: async (bytes) => void (text += Buffer.from(bytes).toString()),
      digest: async () => ({ pieceCid: `baga6ea4seaq${text.slice(0, 8)}`, pieceSize: 2048n }),
      abandon: () => undefined,
    };
  }
}

class FakeSource extends PieceSource {
  readonly wanted: WantedPiece[] = [];
  failing: Error | null = null;
  constructor(private readonly files: FakeFiles) {
    super();
  }
  async retrieve(piece: WantedPiece): Promise<void> {
    this.wanted.push(piece);
    if (this.failing) throw this.failing;
    this.files.sizes.set(piece.carId, piece.carBytes);
  }
}

/** Deals may take what they like within a day. */
export const NO_DAY_CAPS: DayCaps = {
  account: { cost: null, dataCap: null },
  platform: { cost: null, dataCap: null },
};

export interface HarnessOptions {
  miners?: number;
  env?: Record<string, string>;
}

/** The deals room on a real database, with everything outside of it faked and the time in the test's hand. */
export class DealHarness {
  readonly clock = new TestClock();
  readonly chain = new ScriptedChainSource({ height: 1000, now: () => this.clock.now() });
  readonly market = new ScriptedDealMaker(this.chain);
  readonly files = new FakeFiles();
  readonly hasher = new FakeHasher();
  readonly source = new FakeSource(this.files);
  readonly outcomes: { miner: MinerId; ok: boolean; reason?: string | undefined }[] = [];
  readonly miners: MinerId[];
  readonly config: AppConfig;
  readonly database: Database;
  readonly pieces: PostgresPieceStore;
  readonly deals: PostgresDealStore;
  readonly reservations: DealReservations;
  readonly faultStore: DealFaultsStore;
  readonly limitStore = new InMemoryLimitStore();
  readonly limits: AccountLimits;
  readonly registry: PieceRegistry;
  readonly commit: CommitPiece;
  readonly replicate: ReplicatePiece;
  readonly propose: ProposeDeal;
  readonly track: TrackDeals;
  readonly auditSealed: AuditSealedDeals;
  readonly signal = new AbortController().signal;

  constructor(databaseUrl: string, options: HarnessOptions = {}) {
    this.miners = Array.from({ length: options.miners ?? 10 }, (_, index) => minerId(`t0${1000 + index}`));
    this.config = AppConfig.parse({
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'silent',
      DATABASE_POOL: '12',
      ...options.env,
    });
    this.database = new Database(this.config);
    const { database, clock, chain, market, config } = this;
    const logger = new AppLogger({ level: 'silent', process: 'test' });
    const outbox = new Outbox();
    this.reservations = new DealReservations(database, clock);
    const transitions = new DealTransitions(database, outbox, this.reservations, clock);
    const outcomes = {
      run: async (miner: MinerId, outcome: { ok: boolean; reason?: string }) =>
        void this.outcomes.push({ miner, ...outcome }),
    };
    this.pieces = new PostgresPieceStore(database, outbox, new Settings(database, clock), clock);
    this.deals = new PostgresDealStore(database, transitions, this.reservations, clock);
    this.faultStore = new DealFaultsStore(database, clock);
    const faults = new NodeFaults(this.faultStore, this.pieces, new Metrics(), clock, logger);
    const failDeal = new FailDeal(transitions, faults, outcomes);
    this.limits = new AccountLimits(this.limitStore, config, clock);
    const caps = new SpendingCaps(this.limits, config);
    const choose = { run: (wanted: { count: number; exclude: MinerId[] }) => this.choose(wanted) };
    const assign = new AssignMiners(this.deals, choose, chain, new DealAdmission(this.pieces, faults), caps, clock);
    const heads = new ChainHeads(chain, clock);
    this.propose = new ProposeDeal(this.deals, market, heads, failDeal, config, clock);
    this.registry = new PieceRegistry(this.pieces, new PostgresContentCarsStore(database), config);
    this.commit = new CommitPiece(this.pieces, this.files, this.hasher, faults, clock);
    this.replicate = new ReplicatePiece(
      this.pieces,
      this.deals,
      assign,
      new EnsurePieceLocal(this.files, this.source, faults),
      this.propose,
      clock,
    );
    const one = new TrackDeal(transitions, this.deals, market, chain, failDeal, outcomes);
    this.track = new TrackDeals(this.deals, one, heads, faults, config, clock);
    this.auditSealed = new AuditSealedDeals(this.deals, one, heads, config, clock, logger);
  }

  async close(): Promise<void> {
    await this.database.$disconnect();
  }

  /** A sealed CAR of 1000 bytes, registered. */
  async sealed(terms: SealedCar['terms'] = null, owner: Partial<SealedCar> = {}): Promise<CarId> {
    const id = carId(randomUUID());
    this.files.sizes.set(id, 1000);
    await this.registry.register({ carId: id, root: 'bafyroot', carBytes: 1000, kind: 'single', terms, ...owner });
    return id;
  }

  /** The same with its commP. */
  async committed(terms: SealedCar['terms'] = null, owner: Partial<SealedCar> = {}): Promise<CarId> {
    const id = await this.sealed(terms, owner);
    await this.commit.run(id, this.signal);
    return id;
  }

  /** As many rounds of the sweeps as it takes a worker some seconds. */
  async turn(times = 1): Promise<void> {
    for (let round = 0; round < times; round += 1) {
      const { commit, replicate } = await this.registry.due();
      for (const { carId: id } of commit) await this.commit.run(id, this.signal);
      for (const { carId: id } of replicate) await this.replicate.run(id, this.signal);
      await this.track.run(this.signal);
      await this.auditSealed.run(this.signal);
      this.market.advance();
      this.clock.advance(5_000);
    }
  }

  /** A piece with all its deals sealed. */
  async replicated(terms: SealedCar['terms'] = null): Promise<CarId> {
    const id = await this.committed(terms);
    await this.turn(8);
    return id;
  }

  async states(id: CarId): Promise<DealState[]> {
    return (await this.deals.ofPiece(id)).map(({ state }) => state);
  }

  private async choose(wanted: { count: number; exclude: MinerId[] }) {
    const fit = this.miners.filter((miner) => !wanted.exclude.includes(miner));
    const ask = { price: 1_000_000_000n, verifiedPrice: 0n, minPieceSize: 128n, maxPieceSize: 1n << 35n };
    return { chosen: fit.slice(0, wanted.count).map((miner) => ({ miner, ask })), unfit: [] };
  }
}
