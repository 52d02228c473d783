import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { carId, type CarId } from '../../shared/index.js';
import { FINDINGS_COUNT, FINDINGS_PAGE } from './damage.sql.js';

/**
 * What became of damage. 'open': its DAG is cold still. 'mended': in place, from another copy on the node, before
 * anything went cold. 'retrieved': a retrieval brought its DAG back. 'put-back': its CAR is what was sealed again.
 * 'uploaded-again': somebody stored the same bytes once more. 'deleted': nobody wants its DAG any more.
 */
export const damageOutcomes = ['open', 'mended', 'retrieved', 'put-back', 'uploaded-again', 'deleted'] as const;
export type DamageOutcome = (typeof damageOutcomes)[number];

/** Damage to what is stored here, as it was found. */
export interface DamageFinding {
  id: bigint;
  foundAt: Date;
  carId: CarId;
  /** Where its CAR lies: `node:<node id>`. */
  place: string;
  /** 'missing': the file is not there. */
  kind: 'damaged' | 'missing';
  /** As its owner and the log were told. */
  cause: string;
  /** The DAG that went cold by it, CIDv1 text; null where none did. */
  root: string | null;
  outcome: DamageOutcome;
  /** Null while it is open, and where the bytes were uploaded again. */
  endedAt: Date | null;
}

/** Further than this nobody counts rows one by one. */
const COUNTED = 10_000;

/** All damage that was ever found, on all nodes, for rooms downstream that show it. */
@Injectable()
export class DamageFindings {
  constructor(private readonly database: Database) {}

  /** Newest first. @param before the id of the last one of the page before */
  async page(outcome: DamageOutcome | undefined, limit: number, before?: bigint): Promise<DamageFinding[]> {
    const rows = await query(this.database, FINDINGS_PAGE, [outcome ?? null, before ?? null, limit]);
    return rows.map((row) => ({
      id: row.id,
      foundAt: row.found_at,
      carId: carId(row.car_id),
      place: row.place,
      kind: row.kind as DamageFinding['kind'],
      cause: row.cause,
      root: row.root,
      outcome: row.outcome as DamageOutcome,
      endedAt: row.ended_at,
    }));
  }

  /** How many there are, 10,000 at most. */
  async count(outcome: DamageOutcome | undefined): Promise<number> {
    return (await query(this.database, FINDINGS_COUNT, [outcome ?? null, COUNTED]))[0]?.rows ?? 0;
  }
}
