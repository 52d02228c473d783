import type { FileHandle } from 'node:fs/promises';
import type { CID } from 'multiformats/cid';
import { carHeader, PLACEHOLDER_ROOT, sectionPrefix, isIdentity } from '../../ipld/index.js';
import type { CarId } from '../../shared/index.js';
import { namedDiskError } from '../places/local-car-folder.js';
import type { BlockIndex, IndexEntry } from '../blocks/block-index.js';
import { scanEntries } from './section-scan.js';

/** Waiting for the disk: more than this and the sender has to wait, too. */
const MOST_QUEUED = 8 * 1024 ** 2;
/** One write call takes as much. */
const WRITE_BYTES = 4 * 1024 ** 2;
/** Write-back starts after so many new bytes, while more come in, so that the last sync finds little left to do. */
const SYNC_EVERY = 32 * 1024 ** 2;

export interface Block {
  cid: CID;
  parts: readonly Uint8Array[];
  length: number;
  /** Called once the bytes are in the file. */
  written?: () => void;
}

interface Queued {
  parts: readonly Uint8Array[];
  length: number;
  entry: IndexEntry | null;
  written?: (() => void) | undefined;
}

/**
 * Appends sections to one CAR file. What it is given is written as it is, without a copy; a block is in the index (so
 * visible to readers) as soon as its bytes are in the file. The first failure is final: everything after it throws the
 * same.
 */
export class CarWriter {
  private queue: Queued[] = [];
  private queuedBytes = 0;
  private written: number;
  private syncedTo: number;
  private pumping: Promise<void> | undefined;
  private syncing: Promise<void> | undefined;
  private indexing: Promise<void> = Promise.resolve();
  private failure: Error | undefined;
  private doubtful = false;
  private waitingForRoom: (() => void)[] = [];

  /**
   * @param length where to go on writing: all before is valid CAR
   * @param epoch of the CAR's row when it was opened or recovered: commits name it
   */
  constructor(
    readonly carId: CarId,
    private readonly handle: FileHandle,
    private readonly index: BlockIndex,
    public length: number,
    readonly epoch = 0,
  ) {
    this.written = length;
    this.syncedTo = length;
  }

  /**
   * Whether a sync failed once. What the kernel had not written then may be lost though the next sync succeeds
   * (fsync(2) reports an error once): nothing more is to be appended here.
   */
  get syncFailed(): boolean {
    return this.doubtful;
  }

  /** The header with a placeholder root; for a new file. */
  writeHeader(): void {
    this.enqueue({ parts: [carHeader(PLACEHOLDER_ROOT)], length: carHeader(PLACEHOLDER_ROOT).length, entry: null });
  }

  /** Resolves when there is room for more. */
  async append(block: Block): Promise<void> {
    if (this.failure) throw this.failure;
    const prefix = sectionPrefix(block.cid, block.length);
    const entry = isIdentity(block.cid)
      ? null
      : {
          key: block.cid.multihash.bytes,
          place: {
            carId: this.carId,
            offset: this.length + prefix.length,
            length: block.length,
            cidLength: block.cid.bytes.length,
          },
        };
    this.enqueue({
      parts: [prefix, ...block.parts],
      length: prefix.length + block.length,
      entry,
      written: block.written,
    });
    while (this.queuedBytes > MOST_QUEUED) {
      await new Promise<void>((resolve) => this.waitingForRoom.push(resolve));
      this.assertWell();
    }
  }

  /** All that was appended is in the file and in the index. */
  async flush(): Promise<void> {
    while (this.pumping) await this.pumping;
    await this.indexing;
    this.assertWell();
  }

  /** All that was appended survives a power cut, and is in the index. */
  async sync(): Promise<void> {
    while (this.pumping) await this.pumping;
    await this.syncing;
    // The index needs the file's bytes, not that they are synced.
    await Promise.all([this.indexing, this.syncedTo < this.written ? this.syncNow() : undefined]);
    this.assertWell();
  }

  /** The file is finished: its header names the root. Durable when it resolves. */
  async finish(root: CID): Promise<void> {
    await this.flush();
    const header = carHeader(root);
    await this.guard(() => this.handle.write(header, 0, header.length, 0));
    await this.syncing;
    await this.syncNow();
    this.assertWell();
  }

  /**
   * Takes back what was appended after `length`, a section's end: a batch that did not fit on the disk, root nodes of a
   * sealing that failed.
   */
  async cutBack(length: number): Promise<void> {
    this.queue = [];
    await this.pumping?.catch(() => undefined);
    await this.indexing;
    this.queuedBytes = 0;
    for await (const entries of scanEntries(this.handle, this.carId, length, this.written))
      await this.index.remove(entries);
    await this.handle.truncate(length);
    this.failure = undefined;
    this.length = length;
    this.written = length;
    this.syncedTo = Math.min(this.syncedTo, length);
  }

  async close(): Promise<void> {
    await this.pumping?.catch(() => undefined);
    await this.syncing?.catch(() => undefined);
    await this.handle.close();
  }

  private enqueue(item: Queued): void {
    this.queue.push(item);
    this.queuedBytes += item.length;
    this.length += item.length;
    this.pumping ??= this.pump().finally(() => {
      this.pumping = undefined;
      this.wakeSenders();
    });
  }

  private async pump(): Promise<void> {
    // One turn of the loop later: what is appended together is written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0 && !this.failure) {
      const batch = this.takeBatch();
      await this.guard(() => this.writeAll(batch.flatMap((item) => item.parts)));
      if (this.failure) return;
      for (const item of batch) item.written?.();
      const entries = batch.flatMap((item) => item.entry ?? []);
      if (entries.length > 0)
        this.indexing = Promise.all([this.indexing, this.guard(() => this.index.add(entries))]).then(() => undefined);
      this.queuedBytes -= batch.reduce((sum, item) => sum + item.length, 0);
      if (this.queuedBytes <= MOST_QUEUED) this.wakeSenders();
      if (!this.syncing && this.written - this.syncedTo >= SYNC_EVERY) {
        this.syncing = this.syncNow().finally(() => {
          this.syncing = undefined;
        });
      }
    }
  }

  private wakeSenders(): void {
    for (const wake of this.waitingForRoom.splice(0)) wake();
  }

  private takeBatch(): Queued[] {
    let bytes = 0;
    let count = 0;
    while (count < this.queue.length && bytes < WRITE_BYTES) bytes += this.queue[count++]?.length ?? 0;
    return this.queue.splice(0, count);
  }

  private async writeAll(parts: readonly Uint8Array[]): Promise<void> {
    let rest = parts.filter((part) => part.length > 0);
    while (rest.length > 0) {
      const { bytesWritten } = await this.handle.writev(rest, this.written);
      if (bytesWritten === 0) throw new Error('the disk took no bytes');
      this.written += bytesWritten;
      rest = after(rest, bytesWritten);
    }
  }

  private async syncNow(): Promise<void> {
    const reached = this.written;
    await this.guard(() =>
      this.handle.datasync().catch((error: unknown) => {
        this.doubtful = true;
        throw error;
      }),
    );
    if (!this.failure) this.syncedTo = Math.max(this.syncedTo, reached);
  }

  private async guard(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure ??= namedDiskError(error);
    }
  }

  private assertWell(): void {
    if (this.failure) throw this.failure;
  }
}

function after(parts: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  const rest: Uint8Array[] = [];
  for (const part of parts) {
    if (skip >= part.length) skip -= part.length;
    else {
      rest.push(skip === 0 ? part : part.subarray(skip));
      skip = 0;
    }
  }
  return rest;
}
