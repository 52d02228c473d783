import { Injectable } from '@nestjs/common';
import { ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
import { AppLogger } from '../../platform/logging/index.js';
import { Metrics } from '../../platform/metrics/index.js';
import { Clock } from '../../shared/index.js';
import { CarNotHere, CarWriteFailed, DiskFull } from '../../storage/index.js';
import { DealProtocolUnsupported, NodeFault } from '../domain/deals.errors.js';
import {
  concerns,
  type FaultStage,
  type NodeFaultName,
  nodeFaultFrom,
  nodeFaults,
  stopsDeals,
} from '../domain/node-fault.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { DealFaultsStore, type Fault } from '../store/deal-faults.store.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';

const FIRST_PROBE_MS = 5_000;
const LONGEST_PROBE_MS = 5 * 60_000;
/** A node that is away comes back without anybody's doing. */
const LONGEST_AWAY_MS = 60_000;
/** Whether the wallet can pay again is one question to the node: nothing goes out to anybody. */
const LONGEST_RESERVE_MS = 15_000;

/** The fault behind an error, however it came; `unknown` where nobody can name it. */
export function nodeFaultOf(error: unknown): NodeFaultName {
  if (error instanceof NodeFault) return error.fault;
  if (error instanceof DealProtocolUnsupported) return 'protocol-unsupported';
  if (error instanceof ChainUnauthorized) return 'token-refused';
  if (error instanceof ChainUnavailable) return 'node-unavailable';
  if (error instanceof Error && error.name === 'TimeoutError') return 'node-unavailable';
  const disk = diskFaultOf(error);
  if (disk !== null) return disk;
  return (error instanceof Error ? nodeFaultFrom(error.message) : null) ?? 'unknown';
}

/** The fault of our own disk behind an error; null: it is about something else. */
export function diskFaultOf(error: unknown): NodeFaultName | null {
  if (error instanceof DiskFull) return 'disk-full';
  if (error instanceof CarWriteFailed) return 'disk-failing';
  if (error instanceof CarNotHere) return 'file-unreadable';
  if (error instanceof NodeFault && error.fault in DISK_FAULTS) return error.fault;
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'disk-full';
  return typeof syscall === 'string' && FILE_CALLS.test(syscall) ? 'file-unreadable' : null;
}

const DISK_FAULTS: Partial<Record<NodeFaultName, true>> = {
  'disk-full': true,
  'disk-failing': true,
  'file-unreadable': true,
};
/** System calls about files; `connect`, `getaddrinfo` and their like are not. `read` is of both. */
const FILE_CALLS = /^(open|stat|lstat|fstat|scandir|mkdir|unlink|rename|ftruncate|fdatasync|fsync|write|copyfile)$/;

/** A success at these stages lets pieces go on that waited. */
const OF_DEALS: readonly FaultStage[] = ['reserve', 'propose', 'deal'];

/**
 * What is wrong with our own node or wallet: counted, shown, and where it must be, a reason to make no deals. From time
 * to time one piece tries; what succeeds ends the fault, and everything that waited goes on.
 */
@Injectable()
export class NodeFaults {
  constructor(
    private readonly store: DealFaultsStore,
    private readonly pieces: PostgresPieceStore,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  /** It was met. Answers the fault as it stands now. */
  async report(fault: NodeFaultName, stage: FaultStage, message: string): Promise<Fault> {
    this.metrics.count('tidewater_deal_faults_total', 'What was wrong with our node or wallet', { fault, stage });
    const met = await this.store.meet(fault, stage, message, this.later(FIRST_PROBE_MS));
    const pauses = !met.paused && stopsDeals(fault, stage, met.count);
    if (pauses) await this.store.pause(met);
    // The first, and then ever fewer of them: 1, 2, 4, 8, ...
    if (pauses || Number.isInteger(Math.log2(met.count)))
      this.logger.error(
        { fault, stage, count: met.count, since: met.since, paused: met.paused || pauses, message },
        `our node or wallet: ${nodeFaults[fault].about}`,
      );
    return { ...met, paused: met.paused || pauses };
  }

  /**
   * Whether deals of this kind may be made now: null, or what stops them. When it is time to try, one caller is let
   * through. `until`: when it may be asked again.
   */
  async stopping(verified: boolean): Promise<{ why: string; until: Date } | null> {
    const paused = (await this.store.open()).filter((each) => each.paused && concerns(each.fault, verified));
    for (const each of paused) {
      const again = this.later(pauseAfter(each.rounds + 2, FIRST_PROBE_MS, longestPause(each)));
      if (await this.store.takeProbe(each, again)) continue;
      return this.pausedBy(each);
    }
    return null;
  }

  /** What people read while deals wait for a fault, and when to ask again. */
  pausedBy({ fault, probeAt }: Fault): { why: string; until: Date } {
    const until = new Date(Math.max(probeAt.getTime(), this.later(FIRST_PROBE_MS).getTime()));
    return { why: `deal making is paused (${fault}): ${nodeFaults[fault].about}`, until };
  }

  /** Something worked that these faults (none named: all of the stage) would have prevented. */
  async succeeded(stage: FaultStage, faults: readonly NodeFaultName[] = []): Promise<void> {
    const mended = await this.store.resolve(stage, faults);
    if (mended.length === 0) return;
    for (const { fault, since, count } of mended)
      this.logger.info({ fault, stage, since, count }, 'our node or wallet: mended');
    if (OF_DEALS.includes(stage)) await this.pieces.wakeWaiting();
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}

/** Between two probes, at most. */
function longestPause({ fault, stage }: Fault): number {
  if (stage === 'reserve') return LONGEST_RESERVE_MS;
  return fault === 'node-unavailable' ? LONGEST_AWAY_MS : LONGEST_PROBE_MS;
}
