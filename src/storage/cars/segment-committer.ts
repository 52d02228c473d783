import { CarWriteFailed, ReferenceRefused } from '../domain/storage.errors.js';
import { type CarReclaimer } from '../cars/car-reclaimer.js';
import type {
  CommittedUpload,
  DagReferences,
  NewDag,
  NewRun,
  NewUpload,
  WrittenCar,
} from '../ports/dag-references.port.js';
import type { DagReference } from '../ports/dag-store.port.js';
import { Clock, messageOf } from '../../shared/index.js';
import type { AppLogger } from '../../platform/logging/index.js';
import { CarWriter, type Block } from './car-writer.js';
import { newCarId } from '../domain/car.js';
import type { NodeFiles } from './node-files.js';
import type { SegmentSealer } from './segment-sealer.js';

export interface OpenSegment {
  writer: CarWriter;
  /** Where the last committed batch ended. */
  end: number;
  openedAt: number;
}

export interface SmallUpload {
  blocks: readonly Block[];
  /** Roots among these blocks, to be committed together. */
  dags: readonly { dag: Omit<NewDag, 'runs'>; reference: DagReference }[];
}

interface QueuedUpload extends SmallUpload {
  resolve: (committed: CommittedUpload[]) => void;
  reject: (error: Error) => void;
}

/** Its bytes are in the segment, in one run. */
interface WrittenUpload extends QueuedUpload {
  run: NewRun;
  upload: NewUpload;
}

/** Uploads whose bytes are durable, in one segment. */
interface WrittenBatch {
  segment: OpenSegment;
  uploads: readonly WrittenUpload[];
  bytes: number;
  /** The CAR as the commit names it, with the last of them. */
  car: WrittenCar;
}

/** One batch takes no more than this, so that nobody waits for ever behind it. */
const BATCH_BYTES = 32 * 1024 ** 2;
/** SQLSTATE of commit_dags for a CAR that is not open, or of another epoch. */
const CAR_NOT_OURS = '55000';
const TICK_MS = 250;
/** Clients of a node that goes down are asked to come again after this long. */
const RETRY_AFTER_MS = 5_000;

/**
 * The one writer of this process's open segment. It takes everything that waits, appends it, syncs once, commits once,
 * and answers all. What comes while the database commits is appended and synced meanwhile, and makes the next commit.
 * Commits follow each other in the order of the file. Small DAGs only, complete in memory: a slow client never holds it.
 */
export class SegmentCommitter {
  private readonly queue: QueuedUpload[] = [];
  /** What the next commit takes. */
  private gathered: WrittenBatch | null = null;
  private committing: Promise<void> | null = null;
  /** Tells the work that waits for a commit that the queue is not empty any more. */
  private arrived: () => void = () => undefined;
  /** When those came that are not answered yet, by performance.now(); oldest first. */
  private readonly unanswered = new Set<{ since: number }>();
  /** Segments that another process has recovered: closed when nothing is written to them any more. */
  private lost: OpenSegment[] = [];
  private segment: OpenSegment | null = null;
  private toSeal: OpenSegment[] = [];
  private working: Promise<void> | undefined;
  private sealing: Promise<void> | undefined;
  private stopped = false;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly node: NodeFiles,
    private readonly references: DagReferences,
    private readonly sealer: SegmentSealer,
    private readonly reclaimer: CarReclaimer,
    private readonly logger: AppLogger,
    private readonly clock: Clock,
  ) {
    this.timer = setInterval(() => this.wake(), Math.min(TICK_MS, node.limits.segmentAgeMs / 2)).unref();
  }

  /** Segments that the last run of this process left: the newest is gone on with, the others are sealed. */
  resume(segments: readonly OpenSegment[]): void {
    this.toSeal = segments.slice(0, -1);
    this.segment = segments.at(-1) ?? null;
    this.wake();
  }

  /** Resolves when the DAG is on disk and its contents are committed. */
  async store(upload: SmallUpload): Promise<CommittedUpload[]> {
    if (this.stopped) throw new CarWriteFailed('this node is shutting down', { retryAfterMs: RETRY_AFTER_MS });
    this.node.fence.assertHeld();
    const waiting = { since: performance.now() };
    this.unanswered.add(waiting);
    try {
      return await new Promise((resolve, reject) => {
        this.queue.push({ ...upload, resolve, reject });
        this.arrived();
        this.wake();
      });
    } finally {
      this.unanswered.delete(waiting);
    }
  }

  /** How long the upload that has waited longest has waited, in milliseconds; 0 when none waits. */
  get waitingMs(): number {
    const [oldest] = this.unanswered;
    return oldest ? performance.now() - oldest.since : 0;
  }

  /** Ends the open segment now, whatever its age: for tests and for an operator. */
  async sealNow(): Promise<void> {
    while (this.working) await this.working;
    this.retire();
    await this.sealAll();
  }

  /** Everything that was accepted is committed; the segment stays open for the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    while (this.working) await this.working;
    await this.sealing;
    for (const segment of [...this.toSeal, ...(this.segment ? [this.segment] : [])])
      await segment.writer.close().catch(() => undefined);
    this.segment = null;
    this.toSeal = [];
  }

  private wake(): void {
    if (this.working) return;
    if (this.queue.length > 0) {
      this.working = this.work().finally(() => {
        this.working = undefined;
        if (this.queue.length > 0) this.wake();
      });
      return;
    }
    if (this.stopped) return;
    if (this.segment && this.clock.now().getTime() - this.segment.openedAt >= this.node.limits.segmentAgeMs)
      this.retire();
    void this.sealAll();
  }

  private async work(): Promise<void> {
    while (this.queue.length > 0 || this.gathered || this.committing) {
      const isFull = (this.gathered?.bytes ?? 0) >= BATCH_BYTES;
      if (this.queue.length > 0 && !isFull) await this.gather(this.take());
      else if (this.committing)
        await Promise.race([
          this.committing,
          ...(isFull ? [] : [new Promise<void>((resolve) => (this.arrived = resolve))]),
        ]);
      if (!this.committing) void this.commitGathered();
    }
    for (const { writer } of this.lost.splice(0)) await writer.close().catch(() => undefined);
  }

  private take(): QueuedUpload[] {
    let count = 0;
    let bytes = 0;
    while (count < this.queue.length && (count === 0 || bytes < BATCH_BYTES))
      bytes += this.queue[count++]?.dags[0]?.dag.carBytes ?? 0;
    return this.queue.splice(0, count);
  }

  /** Their bytes into the segment, to be committed with what is gathered there. Never rejects: the uploads do. */
  private async gather(uploads: readonly QueuedUpload[]): Promise<void> {
    try {
      const bytes = uploads.reduce((sum, { dags }) => sum + (dags[0]?.dag.carBytes ?? 0), 0);
      if (this.segment && this.segment.writer.length + bytes > this.node.limits.segmentBytes) this.retire();
      const segment = (this.segment ??= await this.open());
      // Of the segment before.
      while (this.gathered && this.gathered.segment !== segment) await (this.committing ?? this.commitGathered());
      const runs = await this.append(segment, uploads);
      const { carId, length, epoch } = segment.writer;
      segment.end = length;
      this.gathered = {
        segment,
        uploads: [
          ...(this.gathered?.uploads ?? []),
          ...uploads.map((upload, at) => written(upload, runs[at] as NewRun)),
        ],
        bytes: (this.gathered?.bytes ?? 0) + bytes,
        car: { id: carId, bytes: length, epoch },
      };
    } catch (error) {
      for (const upload of uploads) upload.reject(error as Error);
    }
  }

  /** Never rejects: the uploads do. */
  private commitGathered(): Promise<void> {
    const { gathered } = this;
    if (!gathered) return Promise.resolve();
    this.gathered = null;
    this.committing = this.commit(gathered)
      .catch((error: unknown) => {
        for (const upload of gathered.uploads) upload.reject(error as Error);
      })
      .finally(() => {
        this.committing = null;
      });
    return this.committing;
  }

  private async commit({ segment, uploads, car }: WrittenBatch): Promise<void> {
    this.node.fence.assertHeld();
    const [together, apart] = [uploads.filter((one) => !carriesChanges(one)), uploads.filter(carriesChanges)];
    const outcomes = together.length > 0 ? await this.commitTogether(together, segment, car) : [];
    for (const [at, one] of together.entries())
      await this.settle(one, outcomes[at] ?? new Error('the commit left an upload out'));
    for (const one of apart)
      await this.settle(one, await this.references.commitWithin(one.upload, [car]).catch((error: Error) => error));
  }

  private async commitTogether(
    together: readonly WrittenUpload[],
    segment: OpenSegment,
    car: WrittenCar,
  ): Promise<(CommittedUpload[] | ReferenceRefused)[]> {
    try {
      return await this.references.commit(
        together.map(({ upload }) => upload),
        [car],
      );
    } catch (error) {
      // Another process has recovered the segment: it is not ours to write or to seal any more.
      if (sqlStateOf(error) === CAR_NOT_OURS && this.segment === segment) {
        this.segment = null;
        this.lost.push(segment);
      }
      if (isUnanswered(error)) this.leave(segment, error as Error);
      throw error;
    }
  }

  /**
   * A commit that the database took and never answered may still have the segment's row: uploads go on in another one.
   * What was to be the next commit of this one fails as it did, instead of waiting behind it.
   */
  private leave(segment: OpenSegment, error: Error): void {
    if (this.segment === segment) this.retire();
    if (this.gathered?.segment !== segment) return;
    for (const upload of this.gathered.uploads) upload.reject(error);
    this.gathered = null;
  }

  /**
   * What was refused, and what was stored already, lies between others' bytes until the segment is compacted: it is not
   * to be read meanwhile.
   */
  private async settle({ run, resolve, reject }: WrittenUpload, outcome: CommittedUpload[] | Error): Promise<void> {
    const isDead = outcome instanceof Error ? outcome instanceof ReferenceRefused : outcome.every(({ kept }) => !kept);
    if (isDead)
      await this.reclaimer
        .hide(run.carId, [run])
        .catch((error: unknown) => this.logger.warn({ carId: run.carId, err: error }, 'a dead run is not hidden'));
    if (outcome instanceof Error) reject(outcome);
    else resolve(outcome);
  }

  private async append({ writer }: OpenSegment, batch: readonly QueuedUpload[]): Promise<NewRun[]> {
    const start = writer.length;
    try {
      const runs: NewRun[] = [];
      for (const { blocks } of batch) {
        const offset = writer.length;
        for (const block of blocks) await writer.append(block);
        runs.push({ carId: writer.carId, seq: 0, offset, length: writer.length - offset });
      }
      await writer.sync();
      return runs;
    } catch (error) {
      // Nothing of this batch was acknowledged: the file goes back to where it was.
      await writer.cutBack(start).catch(() => this.retire());
      // What a failed sync left behind cannot be known: this file gets nothing more, and is sealed as it was before.
      if (writer.syncFailed) this.retire();
      throw error;
    }
  }

  private async open(): Promise<OpenSegment> {
    const { cars, folder, index, owner } = this.node;
    const id = newCarId();
    await cars.open({ id, kind: 'segment', owner });
    const writer = new CarWriter(id, await folder.create(id), index, 0);
    writer.writeHeader();
    await writer.flush();
    await folder.syncFolder(id);
    return { writer, end: writer.length, openedAt: this.clock.now().getTime() };
  }

  private retire(): void {
    if (this.segment) this.toSeal.push(this.segment);
    this.segment = null;
  }

  private sealAll(): Promise<void> {
    this.sealing ??= this.sealEach().finally(() => {
      this.sealing = undefined;
    });
    return this.sealing;
  }

  private async sealEach(): Promise<void> {
    for (const segment of [...this.toSeal]) {
      try {
        await this.sealer.seal(segment.writer, segment.end, this.node.owner);
        this.toSeal = this.toSeal.filter((other) => other !== segment);
      } catch (error) {
        // It stays in the list: the next tick tries again, and after a crash the next start does.
        this.logger.warn(
          { carId: segment.writer.carId, error: messageOf(error), err: error },
          'segment not sealed yet',
        );
        return;
      }
    }
  }
}

function written(queued: QueuedUpload, run: NewRun): WrittenUpload {
  const upload = queued.dags.map(({ dag, reference }) => ({ dag: { ...dag, runs: [run] }, reference }));
  return { ...queued, run, upload };
}

/** The platform names what the database does not do now, and keeps the driver's error as its cause. */
function sqlStateOf(error: unknown): unknown {
  const { cause, code } = error as { cause?: { code?: unknown }; code?: unknown };
  return cause?.code ?? code;
}

/** Taken by the database, and not answered in time: given up by platform/prisma, as a socket says it. */
function isUnanswered(error: unknown): boolean {
  const { code, syscall } = ((error as Error).cause ?? {}) as { code?: unknown; syscall?: unknown };
  return code === 'ETIMEDOUT' && syscall === 'read';
}

/** Its reference has changes of its own to make in the transaction: it gets one to itself. */
function carriesChanges({ dags }: SmallUpload): boolean {
  return dags[0]?.reference.within !== undefined;
}
