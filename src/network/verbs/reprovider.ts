import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import PQueue from 'p-queue';
import { AppConfig } from '../../config/index.js';
import { HotRoots } from '../../storage/index.js';
import { Clock } from '../../shared/index.js';
import { settlementOf, type ClaimedProviderRecord, type Settlement } from '../domain/provider-record.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { ProviderRecordStore } from '../ports/provider-record-store.port.js';
import { ReprovideRoot, type RootToday } from './reprovide-root.js';

const LEASE_MS = 60_000;
const EXTEND_MS = 15_000;
/** Claimed at once: small contents come by the thousand, and one statement settles them all. */
const CLAIMED_AT_ONCE = 512;
/** A DAG that weighs more is handed to a node that wants its blocks beside the others, not before them. */
const LARGE_BYTES = 64 * 1024 ** 2;
const LARGE_AT_ONCE = 2;
const TICK_MS = 20;
const CLAIM_AGAIN_MS = 500;
/** A node that cannot be asked is not asked again for so long. */
const NODE_REST_MS = 15_000;
const HOUR_MS = 3_600_000;

interface Task {
  record: ClaimedProviderRecord;
  today: RootToday;
  stop: AbortController;
}

/** One run over what is due. Times are of `performance.now()`. */
interface Round {
  small: PQueue;
  large: PQueue;
  /** Waiting or worked on. */
  tasks: Set<Task>;
  done: Settlement[];
  node: string;
  /** Failures since the node was asked last. */
  failures: number;
  claimAt: number;
  extendAt: number;
}

/** Works off the provider records that are due, until none is. Long work does not keep short work waiting. */
@Injectable()
export class Reprovider {
  private restUntil = 0;

  constructor(
    private readonly records: ProviderRecordStore,
    private readonly hot: HotRoots,
    private readonly reprovideRoot: ReprovideRoot,
    private readonly node: IpfsNode,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Says how many were worked on. @throws when the node cannot be asked; then nothing happens for a while. */
  async run(signal: AbortSignal): Promise<number> {
    if (performance.now() < this.restUntil || !(await this.records.hasDue())) return 0;
    const round = this.begin(await this.peerId());
    try {
      return await this.work(round, signal);
    } finally {
      // After a failure: nobody extends the leases of the tasks any more, but what is done is done.
      for (const { stop } of round.tasks) stop.abort(new Error('the round is over'));
      await sleep(0);
      await this.settle(round);
    }
  }

  private async work(round: Round, signal: AbortSignal): Promise<number> {
    let settled = 0;
    for (;;) {
      const open = !signal.aborted && (await this.claim(round, signal));
      if (open || round.tasks.size > 0) await sleep(TICK_MS);
      settled += await this.settle(round);
      if (round.tasks.size === 0 && !open) return settled;
      await this.extend(round);
    }
  }

  private begin(node: string): Round {
    return {
      small: new PQueue({ concurrency: this.config.values.PROVIDE_CONCURRENCY }),
      large: new PQueue({ concurrency: LARGE_AT_ONCE }),
      tasks: new Set(),
      done: [],
      node,
      failures: 0,
      claimAt: 0,
      extendAt: performance.now() + EXTEND_MS,
    };
  }

  /** Claims what is due and begins it. False when nothing more is due. */
  private async claim(round: Round, signal: AbortSignal): Promise<boolean> {
    const room = CLAIMED_AT_ONCE - round.tasks.size;
    if (room < CLAIMED_AT_ONCE / 2) return true;
    // Roots that trickle in are not claimed one by one.
    if (performance.now() < round.claimAt) return true;
    if (round.failures > 0) {
      round.node = await this.peerId();
      round.failures = 0;
    }
    const records = await this.records.claim(room, LEASE_MS);
    const hot = await this.hot.among(records.map(({ root }) => root));
    for (const record of records) {
      const bytes = hot.get(record.root);
      const isLarge = bytes !== undefined && bytes > LARGE_BYTES && record.node !== round.node;
      const today = { hot: bytes !== undefined, node: round.node };
      this.start(round, isLarge ? round.large : round.small, { record, today, stop: new AbortController() }, signal);
    }
    if (records.length < room) round.claimAt = performance.now() + CLAIM_AGAIN_MS;
    return records.length > 0;
  }

  private start(round: Round, queue: PQueue, task: Task, signal: AbortSignal): void {
    round.tasks.add(task);
    void queue.add(async () => {
      const { record, today, stop } = task;
      const outcome = await this.reprovideRoot.run(record, today, AbortSignal.any([signal, stop.signal]));
      if (outcome.kind === 'failed') round.failures += 1;
      const interval = this.config.values.PROVIDE_INTERVAL_HOURS * HOUR_MS;
      round.done.push(settlementOf(record, outcome, this.clock.now(), interval, Math.random()));
      round.tasks.delete(task);
    });
  }

  private async settle(round: Round): Promise<number> {
    const done = round.done.splice(0);
    await this.records.settle(done);
    return done.length;
  }

  /** What somebody else has leased meanwhile (we were asleep) is let go. */
  private async extend(round: Round): Promise<void> {
    if (performance.now() < round.extendAt) return;
    round.extendAt = performance.now() + EXTEND_MS;
    const records = new Map([...round.tasks].map((task) => [task.record, task]));
    for (const lost of await this.records.extend([...records.keys()], LEASE_MS))
      records.get(lost)?.stop.abort(new Error('the lease ended'));
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
