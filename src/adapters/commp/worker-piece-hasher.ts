import { Worker } from 'node:worker_threads';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { create as createDigest } from 'multiformats/hashes/digest';
import { AppConfig } from '../../config/index.js';
import { type PieceCommitment, PieceHasher } from '../../deals/index.js';

/** multicodec fil-commitment-unsealed and sha2-256-trunc254-padded: what `baga6ea4sea...` is made of. */
const FIL_COMMITMENT_UNSEALED = 0xf101;
const SHA2_256_TRUNC254_PADDED = 0x1012;
/** The smallest piece: four 32-byte nodes. */
const MIN_HEIGHT = 2;

type Answer = { progress: number } | { failure: string } | { commitment: { root: Uint8Array; height: number } };

interface Task {
  path: string;
  onProgress: ((bytes: number) => void) | undefined;
  resolve: (commitment: PieceCommitment) => void;
  reject: (error: unknown) => void;
}

/** A thread runs the compiled file; under jest and type stripping the source beside this one. */
const WORKER_FILE = new URL(
  import.meta.url.endsWith('.ts') ? './commp.worker.ts' : './commp.worker.js',
  import.meta.url,
);

/**
 * commP in COMMP_THREADS worker threads: one file each, 1 MiB of it in memory. Threads start with the first file and
 * end when idle.
 */
@Injectable()
export class WorkerPieceHasher extends PieceHasher implements OnApplicationShutdown {
  private readonly waiting: Task[] = [];
  private readonly busy = new Map<Worker, Task>();
  private readonly idle: Worker[] = [];

  constructor(private readonly config: AppConfig) {
    super();
  }

  async hash(path: string, signal?: AbortSignal, onProgress?: (bytes: number) => void): Promise<PieceCommitment> {
    signal?.throwIfAborted();
    return new Promise<PieceCommitment>((resolve, reject) => {
      const onAbort = () => this.abandon(task, signal?.reason);
      const settle =
        <T>(end: (value: T) => void) =>
        (value: T) => {
          signal?.removeEventListener('abort', onAbort);
          end(value);
        };
      const task: Task = { path, onProgress, resolve: settle(resolve), reject: settle(reject) };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(task);
      this.dispatch();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    const stopped = new Error('shutting down');
    for (const task of this.waiting.splice(0)) task.reject(stopped);
    const threads = [...this.busy.keys(), ...this.idle.splice(0)];
    for (const task of this.busy.values()) task.reject(stopped);
    this.busy.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  private dispatch(): void {
    while (this.waiting.length > 0 && this.busy.size < this.config.values.COMMP_THREADS) {
      const task = this.waiting.shift();
      if (!task) return;
      const thread = this.idle.pop() ?? this.start();
      this.busy.set(thread, task);
      thread.ref();
      thread.postMessage(task.path);
    }
  }

  private start(): Worker {
    const thread = new Worker(WORKER_FILE);
    thread.on('message', (answer: Answer) => this.hear(thread, answer));
    thread.on('error', (error) => this.lose(thread, error));
    thread.on('exit', () => this.lose(thread, new Error('the hashing thread ended')));
    return thread;
  }

  private hear(thread: Worker, answer: Answer): void {
    const task = this.busy.get(thread);
    if (!task) return;
    if ('progress' in answer) {
      task.onProgress?.(answer.progress);
      return;
    }
    this.busy.delete(thread);
    thread.unref();
    this.idle.push(thread);
    if ('failure' in answer) task.reject(new Error(answer.failure));
    else task.resolve(commitment(answer.commitment));
    this.dispatch();
  }

  /** A thread that died takes its file's promise with it, not the pool. */
  private lose(thread: Worker, error: unknown): void {
    const task = this.busy.get(thread);
    this.busy.delete(thread);
    const at = this.idle.indexOf(thread);
    if (at >= 0) this.idle.splice(at, 1);
    task?.reject(error);
    this.dispatch();
  }

  private abandon(task: Task, reason: unknown): void {
    const queued = this.waiting.indexOf(task);
    if (queued >= 0) this.waiting.splice(queued, 1);
    task.reject(reason);
    for (const [thread, current] of this.busy) if (current === task) void thread.terminate();
  }
}

/**
 * Files under 127 bytes make a tree too small for a piece: the missing levels are zeros, which the hasher has padded
 * already.
 */
function commitment({ root, height }: { root: Uint8Array; height: number }): PieceCommitment {
  if (height < MIN_HEIGHT) throw new Error(`a tree of height ${height} is no piece`);
  const cid = CID.createV1(FIL_COMMITMENT_UNSEALED, createDigest(SHA2_256_TRUNC254_PADDED, root));
  return { pieceCid: cid.toString(), pieceSize: 32n << BigInt(height) };
}
