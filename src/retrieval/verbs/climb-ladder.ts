import { Injectable } from '@nestjs/common';
import { messageOf } from '../../shared/index.js';
import { partSteps, type Step, wholeSteps, worthTrying } from '../domain/ladder.js';
import { FetchFailed, type FetchReason } from '../domain/retrieval.errors.js';
import type { AttemptReport, HeldPart } from '../domain/retrieval.js';
import { HolderDirectory } from '../ports/holder-directory.port.js';
import { type Hold, RetrievalStore } from '../ports/retrieval-store.port.js';
import type { DagSession } from './dag-session.js';
import { OpenSource } from './open-source.js';

export interface Patience {
  idleMs: number;
  /** For one source. */
  totalMs: number;
}

export interface Climb {
  source: string | null;
  miner: string | null;
  firstByteMs: number | null;
  /** Why it ended without the DAG. */
  cause: string;
  /** Reasons that no attempt has reported. */
  unreported: AttemptReport[];
}

const MEMORY_MS = 30 * 60_000;

interface Expedition {
  hold: Hold;
  session: DagSession;
  patience: Patience;
  signal: AbortSignal;
  /** What each miner answered last. */
  answers: Map<string, FetchReason>;
  climb: Climb;
}

/** Asks one source after the other until the DAG is whole. Every try is measured, announced, and named when it fails. */
@Injectable()
export class ClimbLadder {
  constructor(
    private readonly store: RetrievalStore,
    private readonly holders: HolderDirectory,
    private readonly sources: OpenSource,
  ) {}

  async run(hold: Hold, session: DagSession, patience: Patience, signal: AbortSignal): Promise<Climb> {
    const climb: Climb = {
      source: null,
      miner: null,
      firstByteMs: null,
      cause: 'no source could give it',
      unreported: [],
    };
    const parts = await this.holders.find(hold.root);
    const miners = [...new Set(parts.flatMap((part) => part.holders.map(({ miner }) => miner)))];
    if (miners.length === 0) return { ...climb, cause: 'no miner is known to hold it', unreported: [noHolder()] };
    await this.store.move(hold, 'fetching', `${miners.length} miners ought to hold it`);
    const failures = await this.store.recentFailures(miners, MEMORY_MS);
    const expedition: Expedition = { hold, session, patience, signal, answers: new Map(), climb };
    await this.tryEach(expedition, wholeSteps(parts, failures), true);
    if (!session.complete && parts.length > 1) await this.byParts(expedition, parts, failures);
    return climb;
  }

  /** The DAG lies over several pieces, and no miner gave the whole: each part from whoever has it. */
  private async byParts(
    expedition: Expedition,
    parts: readonly HeldPart[],
    failures: ReadonlyMap<string, number>,
  ): Promise<void> {
    for (const [index, part] of parts.entries()) {
      const last = index === parts.length - 1;
      expedition.answers.clear();
      if (!(await this.tryEach(expedition, partSteps(part, failures), last))) {
        expedition.climb.cause = `no miner gave part ${index + 1} of ${parts.length}`;
        return;
      }
    }
  }

  /** True as soon as one of them succeeded. */
  private async tryEach(expedition: Expedition, steps: readonly Step[], last: boolean): Promise<boolean> {
    for (const step of steps) {
      if (worthTrying(step, expedition.answers) && (await this.attempt(expedition, step, last))) return true;
    }
    return false;
  }

  private async attempt(
    { hold, session, patience, signal, answers, climb }: Expedition,
    step: Step,
    last: boolean,
  ): Promise<boolean> {
    const {
      source,
      holder: { miner },
    } = step;
    const receipt = session.receipt();
    const deadline = AbortSignal.timeout(Math.ceil(patience.totalMs));
    let report: AttemptReport | null = null;
    try {
      await this.sources.run(step, hold, session, receipt, last, {
        idleMs: patience.idleMs,
        signal: AbortSignal.any([signal, deadline]),
      });
      Object.assign(climb, { source, miner, firstByteMs: climb.firstByteMs ?? receipt.firstByteMs });
    } catch (error) {
      signal.throwIfAborted();
      const failure = deadline.aborted
        ? new FetchFailed('timeout', `not done after ${Math.round(patience.totalMs / 1000)} s`)
        : error;
      if (!(failure instanceof FetchFailed)) throw failure;
      answers.set(miner, failure.reason);
      report = {
        miner,
        source,
        phase: receipt.bytes > 0 ? 'retrieval' : 'query',
        reason: failure.reason,
        message: messageOf(failure),
      };
    }
    await this.store.attempted(hold, {
      miner,
      source,
      ok: report === null,
      report,
      firstByteMs: receipt.firstByteMs,
      durationMs: receipt.durationMs,
      bytes: receipt.bytes,
    });
    return report === null;
  }
}

function noHolder(): AttemptReport {
  return {
    miner: null,
    source: 'locate',
    phase: 'locate',
    reason: 'not-held',
    message: 'no miner has a deal for a piece that contains it',
  };
}
