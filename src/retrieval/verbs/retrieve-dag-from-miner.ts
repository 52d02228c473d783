import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { diskFaultOf } from '../../deals/index.js';
import { LeaseLost } from '../../platform/leases/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Clock, DomainError, messageOf, parseCid, type RetrievalId } from '../../shared/index.js';
import { DagStore, type StoredDag } from '../../storage/index.js';
import type { AttemptReport, Outcome } from '../domain/retrieval.js';
import { PostgresRetrievalStore, type RetrievalLease } from '../store/postgres-retrieval.store.js';
import { DagSession } from './dag-session.js';
import { type FetchTimeouts, RetrievalCoordinator } from './retrieval-coordinator.js';

/** How long a retrieval belongs to a worker that gives no sign of life. */
const LEASE_MS = 9_000;

const NOTHING: Outcome = {
  source: null,
  miner: null,
  bytes: 0,
  blocks: 0,
  firstByteMs: null,
  durationMs: 0,
  cause: '',
};

/**
 * Retrieves one DAG from whichever miner gives it, verified, and makes it hot again. Run by a job; one whose worker is
 * lost is started over by the sweep. Whatever the sources answer ends in `stored` or `failed`; it throws only when the
 * worker has to stop, or by a defect.
 */
@Injectable()
export class RetrieveDagFromMiner {
  constructor(
    private readonly store: PostgresRetrievalStore,
    private readonly dags: DagStore,
    private readonly coordinator: RetrievalCoordinator,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /**
   * Does nothing when the retrieval is over or leased by another worker: jobs may come twice.
   * @throws the signal's reason, after the lease was given back.
   */
  async run(id: RetrievalId, signal: AbortSignal): Promise<void> {
    const lease = await this.store.claim(id, LEASE_MS);
    if (!lease) return;
    const lost = new AbortController();
    const extending = setInterval(() => void this.extend(lease, lost), LEASE_MS / 3);
    try {
      await this.fetch(lease, AbortSignal.any([signal, lost.signal]));
    } catch (error) {
      if (error instanceof LeaseLost || lost.signal.aborted) return;
      await this.store.release(lease);
      throw error;
    } finally {
      clearInterval(extending);
    }
  }

  /** A database that does not answer does not end the lease; a lease that is lost ends the work. */
  private async extend(lease: RetrievalLease, lost: AbortController): Promise<void> {
    const kept = await this.store.extend(lease, LEASE_MS).catch(() => true);
    if (!kept) lost.abort(new LeaseLost(`retrieval ${lease.id} belongs to another worker now`));
  }

  /** From locating to the end. What the DAG store refuses (a full disk) fails the retrieval by name. */
  private async fetch(lease: RetrievalLease, signal: AbortSignal): Promise<void> {
    const start = this.clock.monotonicMs();
    const root = parseCid(lease.root);
    const dag = root && (await this.dags.find(root));
    if (!dag)
      return this.store.failed(lease, { ...NOTHING, cause: 'nothing stored here has this root (any more)' }, []);
    if (dag.hot)
      return this.store.stored(lease, {
        ...NOTHING,
        source: 'hot',
        bytes: dag.carBytes,
        blocks: dag.blocks,
        cause: 'it is on this node already',
      });
    const session = new DagSession(this.dags, root, dag, this.clock);
    try {
      await this.retrieve(lease, session, dag, signal, start);
    } catch (error) {
      await session.abort();
      if (signal.aborted || error instanceof LeaseLost || !(error instanceof DomainError)) throw error;
      this.logger.warn(
        { retrievalId: lease.id, root: lease.root, code: error.code, error: error.message },
        'a retrieved DAG could not be stored',
      );
      const fault = diskFaultOf(error);
      if (fault !== null) await this.coordinator.faults.report(fault, 'retrieve', `${lease.root}: ${messageOf(error)}`);
      const report: AttemptReport = {
        miner: null,
        source: 'store',
        phase: 'store',
        reason: error.code,
        message: error.message,
      };
      await this.store.failed(lease, { ...NOTHING, durationMs: this.elapsed(start), cause: error.message }, [report]);
    }
  }

  /** @throws what keeps blocks from being stored. */
  private async retrieve(
    lease: RetrievalLease,
    session: DagSession,
    dag: StoredDag,
    signal: AbortSignal,
    start: number,
  ): Promise<void> {
    await this.dags.ensureSpace(dag.carBytes);
    const result = await this.coordinator.run(lease, session, this.timeouts(dag), signal);
    const outcome = {
      source: result.source,
      miner: result.miner,
      bytes: session.bytes,
      blocks: session.blocks,
      firstByteMs: result.firstByteMs,
    };
    if (!session.complete) {
      await session.abort();
      return this.store.failed(
        lease,
        { ...outcome, bytes: 0, blocks: 0, durationMs: this.elapsed(start), cause: result.cause },
        result.unreported,
      );
    }
    await this.store.transition(lease, 'verified', `${session.blocks} blocks verified`);
    await session.restore();
    await this.coordinator.faults.succeeded('retrieve', ['disk-full', 'disk-failing', 'file-unreadable']);
    await this.store.stored(lease, { ...outcome, durationMs: this.elapsed(start), cause: 'stored again' });
    this.logger.info(
      { retrievalId: lease.id, root: lease.root, miner: result.miner, source: result.source, ms: this.elapsed(start) },
      'retrieved',
    );
  }

  private timeouts(dag: StoredDag): FetchTimeouts {
    const { RETRIEVAL_IDLE_SECONDS, RETRIEVAL_TIMEOUT_SECONDS } = this.config.values;
    // Large DAGs get the time that a megabyte per second would take on top.
    return {
      idleMs: RETRIEVAL_IDLE_SECONDS * 1000,
      totalMs: Math.ceil(RETRIEVAL_TIMEOUT_SECONDS * 1000 + dag.carBytes / 1000),
    };
  }

  private elapsed(start: number): number {
    return Math.round(this.clock.monotonicMs() - start);
  }
}
