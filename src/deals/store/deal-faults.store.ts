import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import type { FaultStage, NodeFaultName } from '../domain/node-fault.js';
import {
  ALL_FAULTS,
  type FaultRow,
  MEET_FAULT,
  OPEN_FAULTS,
  PAUSE_FOR,
  RESOLVE_FAULTS,
  TAKE_PROBE,
} from './deals.sql.js';

const LONGEST_MESSAGE = 1_000;

/** Something that is, or was, wrong with our node or wallet. */
export interface Fault {
  fault: NodeFaultName;
  stage: FaultStage;
  since: Date;
  lastAt: Date;
  /** In a row, without a success between. */
  count: number;
  /** Probes that failed. */
  rounds: number;
  /** The words of whoever said so last. */
  message: string;
  /** No deals are made but by one piece at a time, from `probeAt` on. */
  paused: boolean;
  probeAt: Date;
  /** Null: it is still so. */
  resolvedAt: Date | null;
}

/** The table `deal_faults`: one row per fault and stage, shared by all workers. */
@Injectable()
export class DealFaultsStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** It was met once more; a first time may be tried again at `probeAt`. */
  async meet(fault: NodeFaultName, stage: FaultStage, message: string, probeAt: Date): Promise<Fault> {
    const text = message.slice(0, LONGEST_MESSAGE);
    const [row] = await query(this.database, MEET_FAULT, [fault, stage, text, this.clock.now(), probeAt]);
    return faultOf(row as FaultRow);
  }

  async pause({ fault, stage }: Fault): Promise<void> {
    await execute(this.database, PAUSE_FOR, [fault, stage]);
  }

  /** Whether this caller is the one that tries, now that it is time; the next one not before `again`. */
  async takeProbe({ fault, stage }: Fault, again: Date): Promise<boolean> {
    return (await query(this.database, TAKE_PROBE, [fault, stage, this.clock.now(), again])).length === 1;
  }

  /** Those of a stage that are mended; all of them when none is named. Answers those that were open. */
  async resolve(stage: FaultStage, faults: readonly NodeFaultName[] = []): Promise<Fault[]> {
    return (await query(this.database, RESOLVE_FAULTS, [stage, faults, this.clock.now()])).map(faultOf);
  }

  /** Longest first. */
  async open(): Promise<Fault[]> {
    return (await query(this.database, OPEN_FAULTS, [])).map(faultOf);
  }

  /** Also what was mended; open ones first. */
  async all(): Promise<Fault[]> {
    return (await query(this.database, ALL_FAULTS, [])).map(faultOf);
  }
}

function faultOf(row: FaultRow): Fault {
  return {
    fault: row.fault as NodeFaultName,
    stage: row.stage as FaultStage,
    since: row.since,
    lastAt: row.last_at,
    count: row.count,
    rounds: row.rounds,
    message: row.message,
    paused: row.paused,
    probeAt: row.probe_at,
    resolvedAt: row.resolved_at,
  };
}
