import type { Database } from '../storage/database.js';
import type { Deal } from './deal.js';
import type { DealState } from './deal-states.js';

/** Fields that are a bigint in code and decimal text in the stored JSON. */
const BIG = ['pricePerEpoch', 'providerCollateral', 'clientCollateral'];

/** Deals by number, proposal CID, chain deal id, state and the epoch they wait for. */
export class DealStore {
  private readonly watchers = new Set<(deal: Deal) => void>();

  constructor(private readonly db: Database) {}

  /** Gives the deal its number. Rejects (throws) a proposal CID that exists. */
  add(deal: Omit<Deal, 'n'>): Deal {
    const { id } = this.db.run(
      'insert into deals(proposal_cid, miner, state, wake, doc) values (?, ?, ?, ?, ?)',
      deal.proposalCid,
      deal.provider,
      deal.state,
      deal.wake,
      '{}',
    );
    const added = { ...deal, n: id };
    this.save(added);
    return added;
  }

  /** Writes the deal as it is and tells the watchers, inside the transaction if there is one. */
  save(deal: Deal): void {
    this.db.run(
      'update deals set state = ?, wake = ?, deal_id = ?, doc = ? where n = ?',
      deal.state,
      deal.wake,
      deal.dealId ?? null,
      write(deal),
      deal.n,
    );
    for (const watcher of this.watchers) watcher(deal);
  }

  /** By the devnet's own number, which is also the id of the transfer. */
  get(n: number): Deal | undefined {
    return read(this.db.one('select doc from deals where n = ?', n));
  }

  /** By the CID of the proposal, as text. */
  byProposal(cid: string): Deal | undefined {
    return read(this.db.one('select doc from deals where proposal_cid = ?', cid));
  }

  /** By the number on chain; undefined before the deal is published. */
  byDealId(dealId: number): Deal | undefined {
    return read(this.db.one('select doc from deals where deal_id = ?', dealId));
  }

  /** State by state as named, oldest first within each. */
  inState(...states: DealState[]): Deal[] {
    return states.flatMap((state) => readAll(this.db.all('select doc from deals where state = ? order by n', state)));
  }

  /** Deals whose `wake` has come, oldest first. */
  due(height: number): Deal[] {
    return readAll(this.db.all('select doc from deals where wake is not null and wake <= ? order by n', height));
  }

  /** The next epoch in which a deal does something by itself; undefined when none will. */
  nextWake(): number | undefined {
    return (
      this.db.one<{ wake: number | null }>('select min(wake) as wake from deals where wake is not null')?.wake ??
      undefined
    );
  }

  /** Oldest first; deals are never removed. */
  all(): Deal[] {
    return readAll(this.db.all('select doc from deals order by n'));
  }

  /** One more than the highest so far; numbers on chain start at 1. */
  nextDealId(): number {
    return (this.db.one<{ id: number | null }>('select max(deal_id) as id from deals')?.id ?? 0) + 1;
  }

  /** How many deals this miner was ever offered. */
  countOf(miner: string): number {
    return this.db.one<{ n: number }>('select count(*) as n from deals where miner = ?', miner)?.n ?? 0;
  }

  /** Called with each saved deal; returns what ends it. */
  watch(watcher: (deal: Deal) => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

function write(deal: Deal): string {
  return JSON.stringify(deal, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
}

function read(row: Record<string, unknown> | undefined): Deal | undefined {
  if (!row) return undefined;
  return JSON.parse(String(row['doc']), (key, value: unknown) =>
    BIG.includes(key) ? BigInt(String(value)) : value,
  ) as Deal;
}

function readAll(rows: Record<string, unknown>[]): Deal[] {
  return rows.map(read).filter((deal): deal is Deal => deal !== undefined);
}
