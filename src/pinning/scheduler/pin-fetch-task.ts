import { setMaxListeners } from 'node:events';
import type { Clock } from '../../shared/index.js';
import type { PinClaim, PinProgress } from '../pin.js';
import { PinPreempted, PinStalled, PinTakenAway, PinTimedOut } from '../pinning.errors.js';
import type { Transfer, TransferSlots } from './transfer-slots.js';

export interface PinTimeouts {
  /** Without a block. */
  idleMs: number;
  /** Of transferring, in one attempt. */
  longestMs: number;
}

/** What this worker knows of one of its fetches: how far it is, and how to stop it. PinScheduler looks after it every second. */
export class PinFetchTask {
  readonly progress: PinProgress = { blocks: 0, bytes: 0, sources: 0 };
  readonly signal: AbortSignal;
  readonly since: number;
  private readonly cut = new AbortController();
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
    this.since = this.lastBlockAt = this.checkedAt = clock.now().getTime();
    this.signal = AbortSignal.any([shutdown, this.cut.signal]);
    setMaxListeners(Infinity, this.signal);
  }

  /** Looking for the first block, or waiting with it for the first slot (parked), or beyond: then it has something to lose. */
  get stage(): 'looking' | 'parked' | 'transferring' {
    if (this.transfer?.begun) return 'transferring';
    return this.transfer ? 'parked' : 'looking';
  }

  /** For how long the first block has been looked for, over all claims; 0 once it is here. */
  get lookedMs(): number {
    return this.stage === 'looking' ? this.claim.pin.lookedMs + this.clock.now().getTime() - this.since : 0;
  }

  arrived(bytes: number): void {
    this.progress.blocks += 1;
    this.progress.bytes += bytes;
    this.lastBlockAt = this.clock.now().getTime();
  }

  connected(sources: number): void {
    this.progress.sources = sources;
  }

  /** Resolves when it may take a block: at once, unless others are to have the slot now. @throws the signal's reason */
  async turn(): Promise<void> {
    this.transfer ??= this.slots.join(this.claim.pin.userId);
    if (this.transfer.running) this.signal.throwIfAborted();
    else await this.pausedFor(this.transfer.turn(this.signal));
  }

  /** What somebody else watches over is no idling, and waiting for a slot is none either. */
  async pausedFor<T>(work: Promise<T>): Promise<T> {
    this.paused = true;
    try {
      return await work;
    } finally {
      this.paused = false;
      this.lastBlockAt = this.clock.now().getTime();
    }
  }

  /** Stops what has run out of time. */
  check(): void {
    const now = this.clock.now().getTime();
    if (this.stage === 'transferring' && !this.paused) this.transferredMs += now - this.checkedAt;
    this.checkedAt = now;
    const idleMs = this.stage === 'looking' ? this.lookedMs : now - this.lastBlockAt;
    if (!this.paused && idleMs >= this.timeouts.idleMs)
      this.cut.abort(new PinStalled(this.timeouts.idleMs / 1000, this.progress.blocks));
    if (this.transferredMs >= this.timeouts.longestMs)
      this.cut.abort(new PinTimedOut(this.timeouts.longestMs / 3_600_000, this.progress.blocks));
  }

  takenAway(): void {
    this.cut.abort(new PinTakenAway(`the pin ${this.claim.pin.requestId} was removed or taken over`));
  }

  makeWay(): void {
    this.cut.abort(new PinPreempted(`the pin ${this.claim.pin.requestId} makes way`));
  }

  end(): void {
    this.transfer?.end();
  }
}
