import type { CID } from 'multiformats/cid';
import { type CarBlock, hashMatches } from '../../ipld/index.js';
import { type DagIntake, type DagStore, type StoredDag } from '../../storage/index.js';
import { type Clock, SystemClock } from '../../shared/index.js';
import { readCar, readStretch } from '../domain/car-stream.js';
import { DagProgress, MOST_KNOWN } from '../domain/dag-progress.js';
import { FetchFailed } from '../domain/retrieval.errors.js';

/** A CAR of the DAG is hardly larger than what was stored; whoever sends more wants to fill our disk. */
const SLACK_BYTES = 1024 * 1024;

/** What one source has sent so far; times are milliseconds since it was asked. */
export class TransferStats {
  bytes = 0;
  firstByteMs: number | null = null;
  private readonly start: number;

  constructor(
    private readonly maxBytes: number,
    private readonly clock: Clock = new SystemClock(),
  ) {
    this.start = clock.monotonicMs();
  }

  get durationMs(): number {
    return Math.round(this.clock.monotonicMs() - this.start);
  }

  /**
   * Passes a stream on and counts it.
   * @throws FetchFailed 'wrong-bytes' when more comes than can belong to it.
   */
  async *count(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      this.firstByteMs ??= this.durationMs;
      this.bytes += chunk.length;
      if (this.bytes > this.maxBytes)
        throw new FetchFailed('wrong-bytes', `more than ${this.maxBytes} bytes came for a DAG that has fewer`);
      yield chunk;
    }
  }
}

/** A DAG on its way back: what is verified goes to disk at once, and stays when the next source takes over. */
export class DagSession {
  private intake: DagIntake | null = null;
  private progress: DagProgress;

  constructor(
    private readonly store: DagStore,
    private readonly root: CID,
    private readonly dag: StoredDag,
    private readonly clock: Clock,
  ) {
    this.progress = this.newProgress();
  }

  /** All is here: nothing is missing, or nothing that was ever stored (DAGs uploaded with holes stay as they were). */
  get complete(): boolean {
    return this.progress.complete || (this.progress.strays === 0 && this.progress.blocks >= this.dag.blocks);
  }

  get blocks(): number {
    return this.progress.blocks;
  }

  get bytes(): number {
    return this.intake?.bytes ?? 0;
  }

  /** Counts one attempt's bytes, up to a bound that no honest source reaches. */
  newTransfer(): TransferStats {
    return new TransferStats(2 * this.dag.carBytes + SLACK_BYTES, this.clock);
  }

  /**
   * A CAR from the root down.
   * @throws FetchFailed 'wrong-bytes' or 'truncated'; what was verified before stays.
   */
  async receiveCar(source: AsyncIterable<Uint8Array>): Promise<void> {
    this.progress.begin();
    for await (const { cid, bytes } of readCar(source)) {
      if (await this.progress.accept(cid, bytes)) await this.keep({ cid, bytes });
      if (this.progress.complete) return;
    }
    this.assertComplete();
  }

  /**
   * A stretch of sections in any order. `last`: with it the DAG has to be whole.
   * @throws FetchFailed 'wrong-bytes' (blocks that the DAG does not link to make it forget everything) or 'truncated'.
   */
  async receiveSections(source: AsyncIterable<Uint8Array>, last: boolean): Promise<void> {
    this.progress.begin();
    for await (const { cid, bytes } of readStretch(source)) {
      if (await this.acceptUnordered(cid, bytes)) await this.keep({ cid, bytes });
    }
    if (!last) return;
    const strays = this.progress.strays;
    if (strays > 0) {
      await this.abort();
      throw new FetchFailed('wrong-bytes', `${strays} blocks came that the DAG does not link to`);
    }
    this.assertComplete();
  }

  /** Makes the DAG hot again (see DagIntake.restore); the session is over. */
  async restore(): Promise<StoredDag> {
    const intake = await this.opened();
    this.intake = null;
    return intake.restore(this.root);
  }

  /** Forgets everything that came. */
  async abort(): Promise<void> {
    const intake = this.intake;
    this.intake = null;
    this.progress = this.newProgress();
    await intake?.abort();
  }

  /** What was stored here comes back, however large it is. */
  private newProgress(): DagProgress {
    return new DagProgress(this.root, hashMatches, Math.max(MOST_KNOWN, 2 * this.dag.blocks));
  }

  /** @throws FetchFailed 'truncated': what came was right, and not all. */
  private assertComplete(): void {
    if (!this.complete)
      throw new FetchFailed('truncated', `the stream ended after ${this.progress.blocks} of ${this.dag.blocks} blocks`);
  }

  /** Where blocks that nothing links to became too many, the next source begins anew. */
  private async acceptUnordered(cid: CID, bytes: Uint8Array): Promise<boolean> {
    try {
      return await this.progress.acceptUnordered(cid, bytes);
    } catch (error) {
      if (this.progress.isFull) await this.abort();
      throw error;
    }
  }

  /** To disk; a full disk is no fault of the miner, and is thrown as it is. */
  private async keep({ cid, bytes }: Pick<CarBlock, 'cid' | 'bytes'>): Promise<void> {
    const intake = await this.opened();
    await intake.put(cid, bytes);
  }

  /** The CAR that blocks go to is opened with the first one. */
  private async opened(): Promise<DagIntake> {
    this.intake ??= await this.store.begin('copy');
    return this.intake;
  }
}
