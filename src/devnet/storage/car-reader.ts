import { Worker } from 'node:worker_threads';
import type { BlockRows, ReadJob, ReadReply } from './reader-protocol.js';
import { pieceOf, type Piece } from './piece-cid.js';

/**
 * SHA-256 in hex and bytes of the file; `malformed` says where its sections stop making sense; `piece` when commP was
 * asked for.
 */
export interface ReadResult {
  sha: string;
  size: number;
  malformed: string | undefined;
  piece: Piece | undefined;
}

interface Waiting {
  job: ReadJob;
  onBlocks: (rows: BlockRows) => void;
  resolve: (result: ReadResult) => void;
  reject: (error: Error) => void;
}

/** Reads CARs one after the other in a thread of its own, so that commP never holds up the network. */
export class CarReader {
  private worker: Worker | undefined;
  private current: Waiting | undefined;
  private readonly queue: Waiting[] = [];
  private jobs = 0;
  private closed = false;

  /**
   * One pass over the file. `onBlocks` gets the index while it goes on. Rejects when the file cannot be read or the
   * copy not written.
   */
  read(job: Omit<ReadJob, 'id'>, onBlocks: (rows: BlockRows) => void = () => undefined): Promise<ReadResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ job: { ...job, id: ++this.jobs }, onBlocks, resolve, reject });
      this.next();
    });
  }

  /** Ends the thread; what was waiting never settles. */
  async close(): Promise<void> {
    this.closed = true;
    this.queue.length = 0;
    await this.worker?.terminate();
  }

  private next(): void {
    if (this.current || this.closed) return;
    this.current = this.queue.shift();
    if (this.current) this.thread().postMessage(this.current.job);
  }

  private thread(): Worker {
    if (this.worker) return this.worker;
    const worker = new Worker(new URL('./reader.worker.js', import.meta.url));
    worker.unref();
    worker.on('message', (reply: ReadReply) => this.onReply(reply));
    worker.on('error', (error: Error) => {
      this.worker = undefined;
      this.finish((waiting) => waiting.reject(error));
    });
    this.worker = worker;
    return worker;
  }

  private onReply(reply: ReadReply): void {
    if (this.closed || reply.id !== this.current?.job.id) return;
    if (reply.kind === 'blocks') this.current.onBlocks(reply.rows);
    else if (reply.kind === 'failed') this.finish((waiting) => waiting.reject(new Error(reply.reason)));
    else {
      const { sha, size, malformed, piece } = reply;
      this.finish((waiting) =>
        waiting.resolve({ sha, size, malformed, piece: piece && pieceOf(piece.root, piece.height) }),
      );
    }
  }

  private finish(settle: (waiting: Waiting) => void): void {
    const waiting = this.current;
    this.current = undefined;
    if (waiting) settle(waiting);
    this.next();
  }
}
