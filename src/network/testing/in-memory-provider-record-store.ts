import { Clock, SystemClock } from '../../shared/index.js';
import {
  providerRecordStates,
  type ClaimedProviderRecord,
  type ProviderRecordState,
  type Settlement,
} from '../domain/provider-record.js';
import {
  ProviderRecordStore,
  type ProviderRecordFigures,
  type ProviderRecordFilter,
} from '../ports/provider-record-store.port.js';

interface Entry extends ClaimedProviderRecord {
  /** 0 while free. */
  leaseUntil: number;
}

/** The store without a database; passes the same contract as the real one. */
export class InMemoryProviderRecordStore extends ProviderRecordStore {
  private readonly entries = new Map<string, Entry>();
  private readonly positions = new Map<string, bigint>();
  private nextId = 1;

  constructor(private readonly clock: Clock = new SystemClock()) {
    super();
  }

  clear(): void {
    this.entries.clear();
    this.positions.clear();
  }

  find(root: string): ClaimedProviderRecord | undefined {
    return this.entries.get(root);
  }

  rows(): ClaimedProviderRecord[] {
    return [...this.entries.values()];
  }

  async provide(roots: readonly string[]): Promise<number> {
    let entered = 0;
    for (const root of new Set(roots)) {
      const known = this.entries.get(root);
      if (known && known.state !== 'withdrawing') continue;
      entered += 1;
      if (known) this.ask(known, { state: 'pending' });
      else this.entries.set(root, this.newEntry(root));
    }
    return entered;
  }

  async stopProviding(roots: readonly string[]): Promise<number> {
    const known = roots.flatMap((root) => this.entries.get(root) ?? []).filter(({ state }) => state !== 'withdrawing');
    for (const entry of known) this.ask(entry, { state: 'withdrawing' });
    return known.length;
  }

  async reprovide(roots: readonly string[]): Promise<string[]> {
    const known = roots.flatMap((root) => this.entries.get(root) ?? []);
    for (const entry of known) this.ask(entry, { node: null });
    return known.map(({ root }) => root);
  }

  async reprovideNext(limit: number): Promise<string[]> {
    const dueAt = (entry: Entry) => entry.dueAt?.getTime() ?? Infinity;
    const next = [...this.entries.values()].sort((a, b) => dueAt(a) - dueAt(b)).slice(0, limit);
    return this.reprovide(next.map(({ root }) => root));
  }

  async hasDue(): Promise<boolean> {
    return this.free().length > 0;
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedProviderRecord[]> {
    return this.free()
      .slice(0, limit)
      .map((entry) => {
        const claimed = { ...entry, leaseNumber: entry.leaseNumber + 1 };
        const until = new Date(this.clock.now().getTime() + leaseMs);
        Object.assign(entry, { leaseNumber: claimed.leaseNumber, leaseUntil: until.getTime(), dueAt: until });
        return claimed;
      });
  }

  async extend<R extends Pick<ClaimedProviderRecord, 'id' | 'leaseNumber'>>(
    records: readonly R[],
    leaseMs: number,
  ): Promise<R[]> {
    return records.filter((record) => {
      const entry = this.leased(record);
      if (entry) entry.leaseUntil = this.clock.now().getTime() + leaseMs;
      return !entry;
    });
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    for (const settlement of settlements) {
      const entry = this.leased(settlement);
      if (!entry) continue;
      const { node, providedSince, announcedAt, routing, state, dueAt, failures, lastError, remove } = settlement;
      Object.assign(entry, { node, providedSince, announcedAt, routing, leaseUntil: 0 });
      if (entry.revision !== settlement.revision) continue;
      Object.assign(entry, { state, dueAt, failures, lastError });
      if (remove) this.entries.delete(entry.root);
    }
  }

  async page(filter: ProviderRecordFilter, limit: number, before?: bigint): Promise<ClaimedProviderRecord[]> {
    return this.found(filter)
      .filter(({ id }) => before === undefined || BigInt(id) < before)
      .sort((a, b) => Number(b.id) - Number(a.id))
      .slice(0, limit);
  }

  async count(filter: ProviderRecordFilter): Promise<number> {
    return this.found(filter).length;
  }

  async figures(): Promise<ProviderRecordFigures> {
    const counts = providerRecordStates.map((state) => [state, this.found({ state }).length]);
    const [oldest] = this.free()
      .map(({ root, dueAt, leaseUntil }) => ({ root, dueAt: new Date(Math.max(Number(dueAt), leaseUntil)) }))
      .sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime());
    return {
      byState: Object.fromEntries(counts) as Record<ProviderRecordState, number>,
      failing: this.found({ failing: true }).length,
      oldestOverdue: oldest ?? null,
    };
  }

  async roots(after: bigint, limit: number): Promise<{ roots: string[]; next: bigint | null }> {
    const rows = this.rows().filter(({ id }) => BigInt(id) > after);
    const page = rows.sort((a, b) => Number(a.id) - Number(b.id)).slice(0, limit);
    const last = page.at(-1);
    return { roots: page.map(({ root }) => root), next: last && page.length === limit ? BigInt(last.id) : null };
  }

  async position(walk: string): Promise<bigint> {
    return this.positions.get(walk) ?? 0n;
  }

  async setPosition(walk: string, position: bigint): Promise<void> {
    this.positions.set(walk, position);
  }

  async announceUnannounced(limit: number): Promise<number> {
    const quiet = [...this.entries.values()].filter(({ state, dueAt }) => state === 'held' && dueAt === null);
    for (const entry of quiet.slice(0, limit)) entry.dueAt = this.clock.now();
    return Math.min(quiet.length, limit);
  }

  async takeFrom(peerIds: readonly string[], limit: number): Promise<number> {
    const orphans = [...this.entries.values()].filter(({ node }) => node !== null && peerIds.includes(node));
    for (const entry of orphans.slice(0, limit)) {
      const state = entry.state === 'withdrawing' ? entry.state : 'pending';
      const { failures, lastError } = entry;
      this.ask(entry, { node: null, providedSince: null, state, failures, lastError });
    }
    return Math.min(orphans.length, limit);
  }

  async addUp(): Promise<void> {
    // Counts are taken from the records themselves here.
  }

  private newEntry(root: string): Entry {
    return {
      id: String(this.nextId++),
      root,
      state: 'pending',
      node: null,
      providedSince: null,
      announcedAt: null,
      routing: [],
      dueAt: this.clock.now(),
      failures: 0,
      lastError: null,
      leaseNumber: 0,
      revision: 0,
      leaseUntil: 0,
    };
  }

  private ask(entry: Entry, change: Partial<Entry>): void {
    const asked = { dueAt: this.clock.now(), revision: entry.revision + 1, failures: 0, lastError: null };
    Object.assign(entry, asked, change);
  }

  private found({ state, root, failing }: ProviderRecordFilter): Entry[] {
    return [...this.entries.values()].filter(
      (entry) =>
        (state === undefined || entry.state === state) &&
        (root === undefined || entry.root === root) &&
        (failing !== true || entry.failures > 0),
    );
  }

  private leased({ id, leaseNumber }: Pick<ClaimedProviderRecord, 'id' | 'leaseNumber'>): Entry | undefined {
    return [...this.entries.values()].find(
      (entry) => entry.id === id && entry.leaseNumber === leaseNumber && entry.leaseUntil > 0,
    );
  }

  private free(): Entry[] {
    const now = this.clock.now().getTime();
    const due = [...this.entries.values()].filter(
      ({ dueAt, leaseUntil }) => dueAt !== null && dueAt.getTime() <= now && leaseUntil <= now,
    );
    return due.sort((a, b) => Number(a.dueAt) - Number(b.dueAt));
  }
}
