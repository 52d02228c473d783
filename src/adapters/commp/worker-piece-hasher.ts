import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { AppConfig } from '../../config/index.js';
import { type PieceCommitment, PieceHasher, type PieceHashing } from '../../deals/index.js';

/** multicodec fil-commitment-unsealed and sha2-256-trunc254-padded: what `baga6ea4sea...` is made of. */
const FIL_COMMITMENT_UNSEALED = 0xf101;
const SHA2_256_TRUNC254_PADDED = 0x1012;
/** The smallest piece: four 32-byte nodes. */
const MIN_HEIGHT = 2;
/** Memory that one piece shares with its thread: so many slots of so many bytes keep it at work. */
const SLOTS = 4;
const SLOT_BYTES = 1024 * 1024;

interface Commitment {
  root: Uint8Array;
  height: number;
}

type Answer = { id: number } & ({ written: true } | { failure: string } | { commitment: Commitment });

/** A thread runs the compiled file; under jest and type stripping the source beside this one. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './commp.worker.ts' : './commp.worker.js',
  import.meta.url,
);

/**
 * commP in COMMP_THREADS worker threads, which the pieces share: one whose bytes come slowly keeps none from the
 * others. 4 MiB of each piece in memory, which it shares with its thread: bytes that were sent would be copied, and the
 * copies stay until somebody collects them. Threads start with the first pieces, and do not keep the process alive when
 * idle.
 */
@Injectable()
export class WorkerPieceHasher extends PieceHasher implements OnApplicationShutdown {
  private readonly threads: HashingThread[] = [];
  private lastId = 0;
  private stopped = false;

  constructor(private readonly config: AppConfig) {
    super();
  }

  /**
   * A thread is made when all that exist are at work and COMMP_THREADS lets there be more.
   * @throws Error when the process goes down
   */
  start(signal?: AbortSignal): PieceHashing {
    signal?.throwIfAborted();
    if (this.stopped) throw new Error('shutting down');
    return new ThreadHashing(this.thread(), (this.lastId += 1), signal);
  }

  /** Pieces that are being hashed fail. */
  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await Promise.all(this.threads.splice(0).map((thread) => thread.end(new Error('shutting down'))));
  }

  /** The one with the fewest pieces; another one as long as there may be more and all are at work. */
  private thread(): HashingThread {
    const [idlest] = this.threads.sort((a, b) => a.pieces.size - b.pieces.size);
    if (idlest && (idlest.pieces.size === 0 || this.threads.length >= this.config.values.COMMP_THREADS)) return idlest;
    const thread = new HashingThread((died) => void this.threads.splice(this.threads.indexOf(died), 1));
    this.threads.push(thread);
    return thread;
  }
}

/** One thread and the pieces that it hashes. When it dies, they fail, and nothing else does. */
class HashingThread {
  readonly pieces = new Map<number, ThreadHashing>();
  private readonly worker = new Worker(WORKER_FILE);
  private over = false;

  constructor(onDeath: (thread: HashingThread) => void) {
    this.worker.unref();
    this.worker.on('message', (answer: Answer) => this.pieces.get(answer.id)?.hear(answer));
    const lose = (error: unknown) => {
      if (!this.over) onDeath(this);
      this.fail(error);
    };
    this.worker.on('error', lose);
    this.worker.on('exit', () => lose(new Error('the hashing thread ended')));
  }

  add(id: number, piece: ThreadHashing): void {
    if (this.pieces.size === 0) this.worker.ref();
    this.pieces.set(id, piece);
  }

  remove(id: number): void {
    this.pieces.delete(id);
    if (this.pieces.size === 0) this.worker.unref();
  }

  post(message: object): void {
    this.worker.postMessage(message);
  }

  async end(reason: Error): Promise<void> {
    this.fail(reason);
    await this.worker.terminate();
  }

  private fail(error: unknown): void {
    this.over = true;
    for (const piece of [...this.pieces.values()]) piece.fail(error);
  }
}

/** One piece on its thread. */
class ThreadHashing implements PieceHashing {
  private readonly free: SharedArrayBuffer[] = [];
  /** Slots that the thread has, in its order. */
  private readonly taken: SharedArrayBuffer[] = [];
  private failure: { error: unknown } | null = null;
  private commitment: Commitment | null = null;
  /** Who waits for an answer of the thread: one caller at a time. */
  private waiting: PromiseWithResolvers<void> | null = null;
  private readonly onAbort: () => void;

  constructor(
    private readonly thread: HashingThread,
    private readonly id: number,
    private readonly signal: AbortSignal | undefined,
  ) {
    thread.add(id, this);
    this.onAbort = () => {
      thread.post({ id, end: 'abandon' });
      this.fail(signal?.reason);
    };
    signal?.addEventListener('abort', this.onAbort, { once: true });
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.failure) throw this.failure.error;
    for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
      const part = bytes.subarray(at, at + SLOT_BYTES);
      while (this.free.length === 0 && this.taken.length === SLOTS) await this.answer();
      const slot = this.free.pop() ?? new SharedArrayBuffer(SLOT_BYTES);
      new Uint8Array(slot).set(part);
      this.taken.push(slot);
      this.thread.post({ id: this.id, slot, length: part.length });
    }
  }

  async digest(): Promise<PieceCommitment> {
    if (this.failure) throw this.failure.error;
    this.thread.post({ id: this.id, end: 'digest' });
    while (this.commitment === null) await this.answer();
    this.close();
    return pieceCommitment(this.commitment);
  }

  abandon(): void {
    if (this.failure || this.commitment) return;
    this.thread.post({ id: this.id, end: 'abandon' });
    this.fail(new Error('given up'));
  }

  hear(answer: Answer): void {
    if ('failure' in answer) return this.fail(new Error(answer.failure));
    if ('commitment' in answer) this.commitment = answer.commitment;
    else this.free.push(...this.taken.splice(0, 1));
    this.waiting?.resolve();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.close();
    this.waiting?.resolve();
  }

  private async answer(): Promise<void> {
    this.waiting = Promise.withResolvers();
    await this.waiting.promise;
    this.waiting = null;
    if (this.failure) throw this.failure.error;
  }

  private close(): void {
    this.signal?.removeEventListener('abort', this.onAbort);
    this.thread.remove(this.id);
  }
}

/**
 * Pieces under 127 bytes make a tree too small: the missing levels are zeros, which the hasher has padded already.
 */
function pieceCommitment({ root, height }: Commitment): PieceCommitment {
  if (height < MIN_HEIGHT) throw new Error(`a tree of height ${height} is no piece`);
  const cid = CID.createV1(FIL_COMMITMENT_UNSEALED, createDigest(SHA2_256_TRUNC254_PADDED, root));
  return { pieceCid: cid.toString(), pieceSize: 32n << BigInt(height) };
}
