import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../chain/chance.js';
import type { Miner, Roster } from '../miners/roster.js';
import type { CarStore, KeptCar } from '../storage/car-store.js';
import { padPiece } from '../storage/piece-cid.js';
import { readInPlace } from '../storage/read-in-place.js';
import type { Deal } from './deal.js';
import { Throttle } from './throttle.js';

/** More wait for their turn, in the order of their start. */
const AT_ONCE_PER_MINER = 4;

/** What became of a transfer; each is called at most once for a run. A run that was cancelled reports no failure. */
export interface TransferOutcome {
  /** All bytes came; `sha` is SHA-256 in hex of what this miner read. */
  received(n: number, sha: string, bytes: number): void;
  /** commP is that of the proposal, and the CAR is kept under this id. */
  verified(n: number, carId: number): void;
  /** In the words that a client sees as the deal's message. */
  failed(n: number, message: string): void;
}

/** Its message is what the miner says, as it is. */
class Refused extends Error {}

/**
 * Miners pulling CARs: every one reads all bytes at its own speed and hashes them; the copy and commP are shared by
 * SHA-256.
 */
export class Transfers {
  private readonly running = new Map<number, AbortController>();
  private readonly waiting: Deal[] = [];
  private readonly busy = new Map<string, number>();
  private readonly progress = new Map<number, number>();

  constructor(
    private readonly roster: Roster,
    private readonly carStore: CarStore,
    private readonly chance: Chance,
    private readonly outcome: TransferOutcome,
  ) {}

  /**
   * Starts or queues the transfer; without effect for one that runs. After a restart it is called again, and begins at
   * the first byte, unless all bytes had arrived.
   */
  start(deal: Deal): void {
    if (this.running.has(deal.n)) return;
    if ((this.busy.get(deal.provider) ?? 0) >= AT_ONCE_PER_MINER) {
      this.waiting.push(deal);
      return;
    }
    const control = new AbortController();
    this.running.set(deal.n, control);
    this.busy.set(deal.provider, (this.busy.get(deal.provider) ?? 0) + 1);
    void this.run(deal, control.signal).finally(() => this.ended(deal));
  }

  /** Bytes so far. */
  transferred(deal: Deal): number {
    return this.progress.get(deal.n) ?? deal.transferred;
  }

  /** The client stops a transfer that runs or waits. */
  cancel(n: number): void {
    const queued = this.waiting.findIndex((deal) => deal.n === n);
    if (queued >= 0) this.waiting.splice(queued, 1);
    this.running.get(n)?.abort();
  }

  /** Ends all transfers without an outcome: the next start takes them up. */
  stop(): void {
    this.waiting.length = 0;
    for (const control of this.running.values()) control.abort();
  }

  private ended(deal: Deal): void {
    this.running.delete(deal.n);
    this.progress.delete(deal.n);
    this.busy.set(deal.provider, (this.busy.get(deal.provider) ?? 1) - 1);
    const next = this.waiting.findIndex((queued) => queued.provider === deal.provider);
    const [queued] = next >= 0 ? this.waiting.splice(next, 1) : [];
    if (queued) this.start(queued);
  }

  private async run(deal: Deal, signal: AbortSignal): Promise<void> {
    try {
      const sha = deal.sha ?? (await this.pull(deal, signal));
      signal.throwIfAborted();
      await this.verify(deal, sha, signal);
    } catch (error) {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      this.outcome.failed(deal.n, error instanceof Refused ? reason : `failed to complete data transfer: ${reason}`);
    }
  }

  /** Returns SHA-256 in hex of the bytes as this miner read them. */
  private async pull(deal: Deal, signal: AbortSignal): Promise<string> {
    const miner = this.roster.find(deal.provider);
    if (!miner) throw new Error(`miner ${deal.provider} not found`);
    await sleep(2 * miner.latencyMs, undefined, { signal });
    const { size } = await stat(deal.path);
    const vanishAt = this.chance.of('vanish', deal.provider, deal.nth) * 0.6 * size + 0.2 * size;
    if (this.roster.character(miner) !== 'vanish') void this.carStore.take(deal.path).catch(() => undefined);

    const sha = createHash('sha256');
    const throttle = new Throttle(() => this.roster.speed(miner));
    let bytes = 0;
    for await (const chunk of readInPlace(deal.path)) {
      signal.throwIfAborted();
      this.checkStillThere(miner, bytes + chunk.length > vanishAt);
      sha.update(chunk);
      bytes += chunk.length;
      this.progress.set(deal.n, bytes);
      await throttle.passed(chunk.length, signal);
    }
    const digest = sha.digest('hex');
    this.outcome.received(deal.n, digest, bytes);
    return digest;
  }

  /** @throws Refused when the miner cannot be reached any more. */
  private checkStillThere(miner: Miner, far: boolean): void {
    const character = this.roster.character(miner);
    if (character === 'down' || (character === 'vanish' && far)) {
      throw new Refused(`could not complete data transfer, could not connect to provider ${miner.address}`);
    }
  }

  /** The miner's own commP over what it received must be the proposal's. */
  private async verify(deal: Deal, sha: string, signal: AbortSignal): Promise<void> {
    const car = await this.carStore.take(deal.path).catch((error: Error) => {
      throw new Refused(
        `deal failed: (State=26) deal data verification failed: error generating CommP: ${error.message}`,
      );
    });
    if (signal.aborted) return;
    const problem = mismatch(deal, sha, car);
    if (problem) {
      this.carStore.removeUnreferenced(car.id);
      throw new Refused(`deal failed: (State=26) deal data verification failed: ${problem}`);
    }
    // Another deal over the same bytes may have dropped them in between.
    if (!this.carStore.has(car.id)) return this.verify(deal, sha, signal);
    this.outcome.verified(deal.n, car.id);
  }
}

/** The reason in words; undefined when bytes, piece CID and piece size agree. */
function mismatch(deal: Deal, sha: string, car: KeptCar): string | undefined {
  if (car.sha !== sha) return `the CAR changed during the transfer: received sha-256 ${sha}, then ${car.sha}`;
  const { pieceCid, pieceSize } = padPiece(car, deal.pieceSize);
  if (pieceCid === deal.pieceCid && pieceSize === deal.pieceSize) return undefined;
  return (
    `proposal CommP doesn't match calculated CommP: proposed ${deal.pieceCid} (${deal.pieceSize}), ` +
    `calculated ${pieceCid} (${pieceSize})`
  );
}
