import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { diskFaultOf, type NodeFaultName, NodeFaults } from '../../deals/index.js';
import { messageOf } from '../../shared/index.js';
import { partSteps, type Step, wholeSteps, worthTrying } from '../domain/ladder.js';
import { FetchFailed, type FetchReason } from '../domain/retrieval.errors.js';
import type { AttemptReport, HeldPart } from '../domain/retrieval.js';
import { type FetchLimits, MinerFetcher } from '../ports/miner-fetcher.port.js';
import { NodeRetriever } from '../ports/node-retriever.port.js';
import { PostgresRetrievalStore, type RetrievalLease } from '../store/postgres-retrieval.store.js';
import type { DagSession, TransferStats } from './dag-session.js';
import { HolderDirectory } from './holder-directory.js';

/** When an attempt is given up, in milliseconds. */
export interface FetchTimeouts {
  /** No byte for so long ends an attempt. */
  idleMs: number;
  /** For one source. */
  totalMs: number;
}

/** What asking the sources came to. Whether the DAG is whole, the session knows. */
export interface RetrievalResult {
  /** The source and the miner that gave the last part; null when none gave anything. */
  source: string | null;
  miner: string | null;
  /** Of the first successful attempt. */
  firstByteMs: number | null;
  /** Why it ended without the DAG. */
  cause: string;
  /** Reasons that no attempt has reported. */
  unreported: AttemptReport[];
}

/** What all attempts of one retrieval share. */
interface RetrievalContext {
  lease: RetrievalLease;
  session: DagSession;
  timeouts: FetchTimeouts;
  signal: AbortSignal;
  /** What each miner answered last. */
  answers: Map<string, FetchReason>;
  /** Our own node cannot retrieve now: no use to ask it for the next miner. */
  nodeAtFault: boolean;
  result: RetrievalResult;
}

/** Miners that failed so recently are asked last. */
const FAILURES_COUNT_MS = 30 * 60_000;
/** What our node left on disk is read in steps of so many bytes. */
const READ_BYTES = 1024 * 1024;

/**
 * Asks one source after the other (domain/ladder.ts) until the DAG is whole. Every attempt is measured, announced,
 * and named when it fails. What is wrong with our own node, wallet or disk is shown as such and charged to nobody.
 */
@Injectable()
export class RetrievalCoordinator {
  constructor(
    private readonly store: PostgresRetrievalStore,
    private readonly holders: HolderDirectory,
    private readonly fetcher: MinerFetcher,
    private readonly node: NodeRetriever,
    private readonly config: AppConfig,
    readonly faults: NodeFaults,
  ) {}

  /**
   * Fills the session from miners. Returns normally when no source could: the result says why.
   * @throws LeaseLost, the signal's reason, and what keeps the session from storing blocks.
   */
  async run(
    lease: RetrievalLease,
    session: DagSession,
    timeouts: FetchTimeouts,
    signal: AbortSignal,
  ): Promise<RetrievalResult> {
    const result: RetrievalResult = {
      source: null,
      miner: null,
      firstByteMs: null,
      cause: 'no source could give it',
      unreported: [],
    };
    const parts = await this.holders.find(lease.root);
    const miners = [...new Set(parts.flatMap((part) => part.holders.map(({ miner }) => miner)))];
    if (miners.length === 0) return { ...result, cause: 'no miner is known to hold it', unreported: [noHolder()] };
    await this.store.transition(lease, 'fetching', `${miners.length} miners ought to hold it`);
    const failures = await this.store.recentFailures(miners, FAILURES_COUNT_MS);
    const context: RetrievalContext = {
      lease,
      session,
      timeouts,
      signal,
      answers: new Map(),
      nodeAtFault: false,
      result,
    };
    await this.tryEach(context, wholeSteps(parts, failures), true);
    if (!session.complete && parts.length > 1) await this.byParts(context, parts, failures);
    return result;
  }

  /** The DAG lies over several pieces, and no miner gave the whole: each part from whoever has it. */
  private async byParts(
    context: RetrievalContext,
    parts: readonly HeldPart[],
    failures: ReadonlyMap<string, number>,
  ): Promise<void> {
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      context.answers.clear();
      if (!(await this.tryEach(context, partSteps(part, failures), last))) {
        context.result.cause = `no miner gave part ${index + 1} of ${parts.length}`;
        return;
      }
    }
  }

  /** True as soon as one of them succeeded. */
  private async tryEach(context: RetrievalContext, steps: readonly Step[], last: boolean): Promise<boolean> {
    for (const step of steps) {
      if (step.source === 'lotus' && context.nodeAtFault) continue;
      if (worthTrying(step, context.answers) && (await this.attempt(context, step, last))) return true;
    }
    return false;
  }

  /**
   * One try at one source, measured. True when it gave what it was asked for.
   * @throws what is no fault of the source.
   */
  private async attempt(context: RetrievalContext, step: Step, last: boolean): Promise<boolean> {
    const { lease, session, timeouts, signal, answers, result } = context;
    const { source } = step;
    const { miner } = step.holder;
    const stats = session.newTransfer();
    const deadline = AbortSignal.timeout(Math.ceil(timeouts.totalMs));
    let report: AttemptReport | null = null;
    try {
      const limits = { idleMs: timeouts.idleMs, signal: AbortSignal.any([signal, deadline]) };
      await this.receive(context, step, stats, last, limits);
      Object.assign(result, { source, miner, firstByteMs: result.firstByteMs ?? stats.firstByteMs });
    } catch (error) {
      signal.throwIfAborted();
      const failure = deadline.aborted
        ? new FetchFailed('timeout', `not done after ${Math.round(timeouts.totalMs / 1000)} s`)
        : error;
      if (!(failure instanceof FetchFailed)) throw failure;
      const phase = stats.bytes > 0 ? 'retrieval' : 'query';
      report = { miner, source, phase, reason: failure.reason, message: messageOf(failure) };
      if (failure.fault === null) answers.set(miner, failure.reason);
      else {
        context.nodeAtFault = true;
        report.fault = failure.fault;
        await this.faults.report(failure.fault, 'retrieve', `${lease.root} from ${miner}: ${report.message}`);
      }
    }
    if (report === null && source === 'lotus') await this.faults.succeeded('retrieve');
    const { bytes, firstByteMs, durationMs } = stats;
    await this.store.attempted(lease, { miner, source, ok: report === null, report, firstByteMs, durationMs, bytes });
    return report === null;
  }

  /**
   * One rung of the ladder: its bytes go to the session, which verifies them.
   * @throws FetchFailed; what the session throws; the signal's reason.
   */
  private async receive(
    { lease, session }: RetrievalContext,
    step: Step,
    stats: TransferStats,
    last: boolean,
    limits: FetchLimits,
  ): Promise<void> {
    switch (step.source) {
      case 'http-car':
        return session.receiveCar(stats.count(this.fetcher.car(urlOf(step), lease.root, limits)));
      case 'http-piece': {
        const { part } = step;
        if (!part?.pieceCid) throw new FetchFailed('not-held', 'its piece has no commitment yet');
        const range = { offset: part.offset, length: part.length };
        const sections = this.fetcher.piece(urlOf(step), part.pieceCid, range, limits);
        return session.receiveSections(stats.count(sections), last);
      }
      case 'lotus':
        return this.receiveThroughNode(step, lease, session, stats, limits.signal);
    }
  }

  /** Our Filecoin node leaves a CAR in a file; it goes as soon as it was read. */
  private async receiveThroughNode(
    { holder: { miner }, part }: Step,
    { id, number, root }: RetrievalLease,
    session: DagSession,
    stats: TransferStats,
    signal: AbortSignal,
  ): Promise<void> {
    const folder = this.config.inData('retrieval');
    const file = path.join(folder, `${id}-${number}-${miner}.car`);
    await onOurDisk(mkdir(folder, { recursive: true }), 'disk-failing');
    try {
      await this.node.retrieve({ root, pieceCid: part?.pieceCid ?? null, miner }, file, signal);
      // What the node wrote and is not here, it wrote to a disk of its own.
      await onOurDisk(stat(file), 'file-not-visible');
      await session.receiveCar(stats.count(createReadStream(file, { highWaterMark: READ_BYTES, signal })));
    } finally {
      await rm(file, { force: true });
    }
  }
}

/** What our own disk refuses is a fault of ours. @throws FetchFailed */
async function onOurDisk<T>(work: Promise<T>, fault: NodeFaultName): Promise<T> {
  return work.catch((error: unknown) => {
    const full = diskFaultOf(error) === 'disk-full';
    throw new FetchFailed('node-fault', messageOf(error), error, full ? 'disk-full' : fault);
  });
}

function urlOf({ holder: { httpUrl } }: Step): string {
  if (httpUrl === null) throw new FetchFailed('unreachable', 'the miner has no HTTP endpoint');
  return httpUrl;
}

function noHolder(): AttemptReport {
  const message = 'no miner has a deal for a piece that contains it';
  return { miner: null, source: 'locate', phase: 'locate', reason: 'not-held', message };
}
