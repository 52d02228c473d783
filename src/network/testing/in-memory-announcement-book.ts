import { Clock, SystemClock } from '../../shared/index.js';
import type { ClaimedAnnouncement, Settlement } from '../domain/announcement.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';

interface Entry extends ClaimedAnnouncement {
  leaseUntil: number;
}

/** The book without a database; passes the same contract as the real one. */
export class InMemoryAnnouncementBook extends AnnouncementBook {
  private readonly entries = new Map<string, Entry>();
  private nextId = 1;

  constructor(private readonly clock: Clock = new SystemClock()) {
    super();
  }

  clear(): void {
    this.entries.clear();
  }

  find(root: string): ClaimedAnnouncement | undefined {
    return this.entries.get(root);
  }

  rows(): ClaimedAnnouncement[] {
    return [...this.entries.values()];
  }

  async hold(roots: readonly string[]): Promise<number> {
    let entered = 0;
    for (const root of new Set(roots)) {
      const known = this.entries.get(root);
      if (known && known.state !== 'withdrawing') continue;
      entered += 1;
      if (known) this.ask(known, { state: 'pending' });
      else
        this.entries.set(root, {
          id: String(this.nextId++),
          root,
          state: 'pending',
          node: null,
          heldSince: null,
          announcedAt: null,
          routing: [],
          dueAt: this.clock.now(),
          failures: 0,
          lastError: null,
          claim: 0,
          revision: 0,
          leaseUntil: 0,
        });
    }
    return entered;
  }

  async withdraw(roots: readonly string[]): Promise<number> {
    const known = roots.flatMap((root) => this.entries.get(root) ?? []).filter(({ state }) => state !== 'withdrawing');
    for (const entry of known) this.ask(entry, { state: 'withdrawing' });
    return known.length;
  }

  async urge(roots: readonly string[]): Promise<string[]> {
    const known = roots.flatMap((root) => this.entries.get(root) ?? []);
    for (const entry of known) this.ask(entry, { node: null });
    return known.map(({ root }) => root);
  }

  async urgeNext(limit: number): Promise<string[]> {
    const dueAt = (entry: Entry) => entry.dueAt?.getTime() ?? Infinity;
    return this.urge(
      [...this.entries.values()]
        .sort((a, b) => dueAt(a) - dueAt(b))
        .slice(0, limit)
        .map(({ root }) => root),
    );
  }

  async hasDue(): Promise<boolean> {
    return this.free().length > 0;
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedAnnouncement[]> {
    return this.free()
      .slice(0, limit)
      .map((entry) => {
        entry.claim += 1;
        entry.leaseUntil = this.clock.now().getTime() + leaseMs;
        return { ...entry };
      });
  }

  async prolong(
    claims: readonly Pick<ClaimedAnnouncement, 'id' | 'claim'>[],
    leaseMs: number,
  ): Promise<ReadonlySet<string>> {
    const ours = claims.flatMap((claim) => this.claimed(claim) ?? []);
    for (const entry of ours) entry.leaseUntil = this.clock.now().getTime() + leaseMs;
    return new Set(ours.map(({ id }) => id));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    for (const settlement of settlements) {
      const entry = this.claimed(settlement);
      if (!entry) continue;
      const { node, heldSince, announcedAt, routing, state, dueAt, failures, lastError, remove } = settlement;
      Object.assign(entry, { node, heldSince, announcedAt, routing, leaseUntil: 0 });
      if (entry.revision !== settlement.revision) continue;
      Object.assign(entry, { state, dueAt, failures, lastError });
      if (remove) this.entries.delete(entry.root);
    }
  }

  private ask(entry: Entry, change: Partial<Entry>): void {
    Object.assign(entry, {
      dueAt: this.clock.now(),
      revision: entry.revision + 1,
      failures: 0,
      lastError: null,
      ...change,
    });
  }

  private claimed({ id, claim }: Pick<ClaimedAnnouncement, 'id' | 'claim'>): Entry | undefined {
    return [...this.entries.values()].find((entry) => entry.id === id && entry.claim === claim);
  }

  private free(): Entry[] {
    const now = this.clock.now().getTime();
    const due = [...this.entries.values()].filter(
      ({ dueAt, leaseUntil }) => dueAt !== null && dueAt.getTime() <= now && leaseUntil <= now,
    );
    return due.sort((a, b) => Number(a.dueAt) - Number(b.dueAt));
  }
}
