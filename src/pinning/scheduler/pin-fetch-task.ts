import { setMaxListeners } from 'node:events';
import type { Clock } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import { PinPreempted, PinStalled, PinLeaseLost, PinTimedOut } from '../pinning.errors.js';
import type { Transfer, TransferSlots } from './transfer-slots.js';

/** When a fetch is given up (PIN_IDLE_TIMEOUT_SECONDS, PIN_MAX_HOURS). */
export interface PinTimeouts {
  /** Without a block. */
  idleMs: number;
  /** Of transferring, in one attempt. */
  longestMs: number;
}

/**
 * Looking for the first block; waiting with it for the first slot (parked); or beyond: then it has something to lose.
 */
export type PinStage = 'looking' | 'parked' | 'transferring';

/**
 * What this worker knows of one of its fetches: how far it is, and how to stop it. PinScheduler looks after it every
 * second; whoever fetches reports what arrived and waits for its slot before each block.
 */
export class PinFetchTask {
  readonly progress: PinProgress = { blocks: 0, bytes: 0, sources: 0 };
  /** Aborts when the worker goes down, and with the reason for which the task was stopped. */
  readonly signal: AbortSignal;
  /** When it was claimed, in ms of the clock that no correction moves. */
  readonly since: number;
  private readonly stopping = new AbortController();
  private transfer: Transfer | null = null;
  private lastBlockAt: number;
  private checkedAt: number;
  private transferredMs = 0;
  private paused = false;

  constructor(
    readonly claim: PinClaim,
    private readonly slots: TransferSlots,
    private readonly clock: Clock,
    private readonly timeouts: PinTimeouts,
    shutdown: AbortSignal,
  ) {
    this.since = this.lastBlockAt = this.checkedAt = clock.monotonicMs();
    this.signal = AbortSignal.any([shutdown, this.stopping.signal]);
    setMaxListeners(Infinity, this.signal);
  }

  /** Only goes forward: once it transfers it has blocks to lose, to its end. */
  get stage(): PinStage {
    if (this.transfer?.begun) return 'transferring';
    return this.transfer ? 'parked' : 'looking';
  }

  /** For how long the first block has been looked for, over all claims; 0 once it is here. */
  get lookedMs(): number {
    return this.stage === 'looking' ? this.claim.pin.lookedMs + this.clock.monotonicMs() - this.since : 0;
  }

  /** A block came. */
  arrived(bytes: number): void {
    this.progress.blocks += 1;
    this.progress.bytes += bytes;
    this.lastBlockAt = this.clock.monotonicMs();
  }

  /** So many origins are connected now. */
  connected(sources: number): void {
    this.progress.sources = sources;
  }

  /** Resolves when it may take a block: at once, unless others are to have the slot now. @throws the signal's reason */
  async waitForSlot(): Promise<void> {
    this.transfer ??= this.slots.join(this.claim.pin.userId);
    if (this.transfer.running) this.signal.throwIfAborted();
    else await this.withoutTimeout(this.transfer.turn(this.signal));
  }

  /** What somebody else watches over is no idling, and waiting for a slot is none either. */
  async withoutTimeout<T>(work: Promise<T>): Promise<T> {
    this.paused = true;
    try {
      return await work;
    } finally {
      this.paused = false;
      this.lastBlockAt = this.clock.monotonicMs();
    }
  }

  /** Stops itself when it has run out of time. */
  checkTimeouts(): void {
    const now = this.clock.monotonicMs();
    if (this.stage === 'transferring' && !this.paused) this.transferredMs += now - this.checkedAt;
    this.checkedAt = now;
    const idleMs = this.stage === 'looking' ? this.lookedMs : now - this.lastBlockAt;
    if (!this.paused && idleMs >= this.timeouts.idleMs)
      this.stopping.abort(new PinStalled(this.timeouts.idleMs / 1000, this.progress.blocks));
    if (this.transferredMs >= this.timeouts.longestMs)
      this.stopping.abort(new PinTimedOut(this.timeouts.longestMs / 3_600_000, this.progress.blocks));
  }

  /** The pin was removed, or another worker has it: stops, and writes nothing. */
  leaseLost(): void {
    this.stopping.abort(new PinLeaseLost(`the pin ${this.claim.pin.requestId} was removed or taken over`));
  }

  /** Stops, so that a pin which waits can be looked for; this one goes back to the queue. */
  preempt(): void {
    this.stopping.abort(new PinPreempted(`the pin ${this.claim.pin.requestId} goes back to the queue for others`));
  }

  /** Lets its slot go. To be called once the fetch has ended, however it did. */
  end(): void {
    this.transfer?.end();
  }
}
