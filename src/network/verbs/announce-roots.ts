import { setTimeout as pause } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { HotRoots } from '../../content/index.js';
import { Clock } from '../../shared/index.js';
import { settlementOf, type ClaimedAnnouncement, type Settlement } from '../domain/announcement.js';
import { Lanes } from '../domain/lanes.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { AnnounceRoot, type RootToday } from './announce-root.js';

const LEASE_MS = 60_000;
const PROLONG_MS = 15_000;
/** Claimed at once: small contents come by the thousand, and one statement settles them all. */
const IN_HAND = 512;
/** A DAG that weighs more is handed to a node that wants its blocks beside the others, not before them. */
const LARGE_BYTES = 64 * 1024 ** 2;
const LARGE_AT_ONCE = 2;
const TICK_MS = 20;
const CLAIM_AGAIN_MS = 500;
/** A node that cannot be asked is not asked again for so long. */
const NODE_REST_MS = 15_000;
const HOUR_MS = 3_600_000;

interface Task {
  row: ClaimedAnnouncement;
  today: RootToday;
  stop: AbortController;
}

/** One run over what is due. */
interface Round {
  small: Lanes<Task>;
  large: Lanes<Task>;
  done: Settlement[];
  node: string;
  /** Failures since the node was asked last. */
  failures: number;
  claimAt: number;
  prolongAt: number;
}

/** Works off what is due in the book, until nothing is. Long work does not keep short work waiting. */
@Injectable()
export class AnnounceRoots {
  private restUntil = 0;

  constructor(
    private readonly book: AnnouncementBook,
    private readonly hot: HotRoots,
    private readonly root: AnnounceRoot,
    private readonly node: IpfsNode,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Says how many were worked on. @throws when the node cannot be asked; then nothing happens for a while. */
  async run(signal: AbortSignal): Promise<number> {
    if (performance.now() < this.restUntil || !(await this.book.hasDue())) return 0;
    const round = this.begin(await this.peerId(), signal);
    try {
      return await this.work(round, signal);
    } finally {
      // After a failure: nobody renews the leases of what is in hand any more, but what is done is done.
      for (const { stop } of tasksOf(round)) stop.abort(new Error('the round is over'));
      await pause(0);
      await this.settle(round);
    }
  }

  private async work(round: Round, signal: AbortSignal): Promise<number> {
    let settled = 0;
    for (;;) {
      const open = !signal.aborted && (await this.claim(round));
      if (open || tasksOf(round).length > 0) await pause(TICK_MS);
      settled += await this.settle(round);
      if (tasksOf(round).length === 0 && !open) return settled;
      await this.prolong(round);
    }
  }

  private begin(node: string, signal: AbortSignal): Round {
    const work = async ({ row, today, stop }: Task): Promise<void> => {
      const outcome = await this.root.run(row, today, AbortSignal.any([signal, stop.signal]));
      if (outcome.kind === 'failed') round.failures += 1;
      const interval = this.config.values.PROVIDE_INTERVAL_HOURS * HOUR_MS;
      round.done.push(settlementOf(row, outcome, this.clock.now(), interval, Math.random()));
    };
    const round: Round = {
      small: new Lanes(this.config.values.PROVIDE_CONCURRENCY, work),
      large: new Lanes(LARGE_AT_ONCE, work),
      done: [],
      node,
      failures: 0,
      claimAt: 0,
      prolongAt: performance.now() + PROLONG_MS,
    };
    return round;
  }

  /** Fills the lanes. False when nothing more is due, or the node is gone. */
  private async claim(round: Round): Promise<boolean> {
    const inHand = tasksOf(round).length;
    if (inHand > IN_HAND / 2) return true;
    // Roots that trickle in are not claimed one by one.
    if (performance.now() < round.claimAt) return true;
    if (round.failures > 0) {
      round.node = await this.peerId();
      round.failures = 0;
    }
    const rows = await this.book.claim(IN_HAND - inHand, LEASE_MS);
    const hot = await this.hot.among(rows.map(({ root }) => root));
    for (const row of rows) {
      const bytes = hot.get(row.root);
      const lanes = bytes !== undefined && bytes > LARGE_BYTES && row.node !== round.node ? round.large : round.small;
      lanes.add({ row, today: { hot: bytes !== undefined, node: round.node }, stop: new AbortController() });
    }
    if (rows.length < IN_HAND - inHand) round.claimAt = performance.now() + CLAIM_AGAIN_MS;
    return rows.length > 0;
  }

  private async settle(round: Round): Promise<number> {
    const done = round.done.splice(0);
    await this.book.settle(done);
    return done.length;
  }

  /** What somebody else has taken hold of meanwhile (we were asleep) is let go. */
  private async prolong(round: Round): Promise<void> {
    if (performance.now() < round.prolongAt) return;
    round.prolongAt = performance.now() + PROLONG_MS;
    const tasks = tasksOf(round);
    const ours = await this.book.prolong(
      tasks.map(({ row }) => row),
      LEASE_MS,
    );
    for (const { row, stop } of tasks) if (!ours.has(row.id)) stop.abort(new Error('the lease ended'));
  }

  private async peerId(): Promise<string> {
    try {
      return (await this.node.status()).peerId;
    } catch (error) {
      this.restUntil = performance.now() + NODE_REST_MS;
      throw error;
    }
  }
}

function tasksOf({ small, large }: Round): Task[] {
  return [...small.items(), ...large.items()];
}
