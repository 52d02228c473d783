import type { Epoch } from '../../shared/index.js';
import type { ChainHead } from '../ports/chain-source.port.js';

/**
 * Epochs to dates and back, counted from the head instead of genesis: on Filecoin both give the same, and a network
 * that once stood still (every devnet) keeps its near past and its future right.
 */
export class EpochClock {
  constructor(
    private readonly head: Pick<ChainHead, 'height' | 'timestamp'>,
    readonly blockDelaySeconds: number,
  ) {}

  /** Of the head that this was made with; it does not move. */
  get height(): Epoch {
    return this.head.height;
  }

  /** When the epoch begins, or began. */
  toDate(epoch: Epoch): Date {
    return new Date((this.head.timestamp + (epoch - this.head.height) * this.blockDelaySeconds) * 1000);
  }

  /** The epoch that is or was running at that time. */
  toEpoch(date: Date): Epoch {
    return this.head.height + Math.floor((date.getTime() / 1000 - this.head.timestamp) / this.blockDelaySeconds);
  }
}
