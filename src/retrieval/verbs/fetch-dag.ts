import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import { DagStore, type StoredDag } from '../../content/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { DomainError, parseCid, type RetrievalId } from '../../shared/index.js';
import { HoldLost } from '../domain/retrieval.errors.js';
import type { AttemptReport } from '../domain/retrieval.js';
import { type Hold, type Outcome, RetrievalStore } from '../ports/retrieval-store.port.js';
import { ClimbLadder } from './climb-ladder.js';
import { DagSession } from './dag-session.js';

/** How long a retrieval belongs to a worker that gives no sign of life. */
export const LEASE_MS = 9_000;

/** Brings one DAG back, from wherever it can be had, and makes it hot again. Run by a job; a lost one is started over by the sweep. */
@Injectable()
export class FetchDag {
  constructor(
    private readonly store: RetrievalStore,
    private readonly dags: DagStore,
    private readonly ladder: ClimbLadder,
    private readonly config: AppConfig,
    private readonly logger: AppLogger,
  ) {}

  async run(id: RetrievalId, signal: AbortSignal): Promise<void> {
    const hold = await this.store.claim(id, LEASE_MS);
    if (!hold) return;
    const lost = new AbortController();
    const heart = setInterval(() => void this.beat(hold, lost), LEASE_MS / 3);
    try {
      await this.fetch(hold, AbortSignal.any([signal, lost.signal]));
    } catch (error) {
      if (error instanceof HoldLost || lost.signal.aborted) return;
      await this.store.release(hold);
      throw error;
    } finally {
      clearInterval(heart);
    }
  }

  private async beat(hold: Hold, lost: AbortController): Promise<void> {
    const kept = await this.store.renew(hold, LEASE_MS).catch(() => true);
    if (!kept) lost.abort(new HoldLost(`retrieval ${hold.id} belongs to another worker now`));
  }

  private async fetch(hold: Hold, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    const none: Outcome = {
      source: null,
      miner: null,
      bytes: 0,
      blocks: 0,
      firstByteMs: null,
      durationMs: 0,
      cause: '',
    };
    const root = parseCid(hold.root);
    const dag = root && (await this.dags.find(root));
    if (!dag) return this.store.failed(hold, { ...none, cause: 'nothing stored here has this root (any more)' }, []);
    if (dag.hot)
      return this.store.stored(hold, {
        ...none,
        source: 'hot',
        bytes: dag.carBytes,
        blocks: dag.blocks,
        cause: 'it is on this node already',
      });
    const session = new DagSession(this.dags, root, dag);
    try {
      await this.bring(hold, session, dag, signal, start);
    } catch (error) {
      await session.abort();
      if (signal.aborted || error instanceof HoldLost || !(error instanceof DomainError)) throw error;
      this.logger.warn(
        { retrievalId: hold.id, root: hold.root, code: error.code, error: error.message },
        'a retrieved DAG could not be stored',
      );
      const report: AttemptReport = {
        miner: null,
        source: 'store',
        phase: 'store',
        reason: error.code,
        message: error.message,
      };
      await this.store.failed(hold, { ...none, durationMs: elapsed(start), cause: error.message }, [report]);
    }
  }

  private async bring(
    hold: Hold,
    session: DagSession,
    dag: StoredDag,
    signal: AbortSignal,
    start: number,
  ): Promise<void> {
    await this.dags.ensureSpace(dag.carBytes);
    const climb = await this.ladder.run(hold, session, this.patience(dag), signal);
    const outcome = {
      source: climb.source,
      miner: climb.miner,
      bytes: session.bytes,
      blocks: session.blocks,
      firstByteMs: climb.firstByteMs,
    };
    if (!session.complete) {
      await session.abort();
      return this.store.failed(
        hold,
        { ...outcome, bytes: 0, blocks: 0, durationMs: elapsed(start), cause: climb.cause },
        climb.unreported,
      );
    }
    await this.store.move(hold, 'verified', `${session.blocks} blocks verified`);
    await session.restore();
    await this.store.stored(hold, { ...outcome, durationMs: elapsed(start), cause: 'stored again' });
    this.logger.info(
      { retrievalId: hold.id, root: hold.root, miner: climb.miner, source: climb.source, ms: elapsed(start) },
      'retrieved',
    );
  }

  private patience(dag: StoredDag): { idleMs: number; totalMs: number } {
    const { RETRIEVAL_IDLE_SECONDS, RETRIEVAL_TIMEOUT_SECONDS } = this.config.values;
    // Large DAGs get the time that a megabyte per second would take on top.
    return {
      idleMs: RETRIEVAL_IDLE_SECONDS * 1000,
      totalMs: Math.ceil(RETRIEVAL_TIMEOUT_SECONDS * 1000 + dag.carBytes / 1000),
    };
  }
}

function elapsed(start: number): number {
  return Math.round(performance.now() - start);
}
