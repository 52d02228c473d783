import { Injectable } from '@nestjs/common';
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import type { TableFigures } from '../domain/miner-table.js';
import type { Window } from '../domain/window.js';
import { FIGURES_OF_WINDOW, MEASURED_SINCE, STORE_FIGURES, type StoredFigures } from './miner-figures.sql.js';

/** Table `miner_figures`: what the table of miners shows, made ahead of time. */
@Injectable()
export class PostgresMinerFiguresStore {
  constructor(private readonly database: Database) {}

  /** Every miner's over one window, those that were ever measured. */
  async ofWindow(window: Window): Promise<StoredFigures<TableFigures>[]> {
    return (await query(this.database, FIGURES_OF_WINDOW, [window])) as StoredFigures<TableFigures>[];
  }

  /** Takes the place of what was stored of this miner. */
  async store(miner: string, figures: ReadonlyMap<Window, TableFigures>, at: Date): Promise<void> {
    await execute(this.database, STORE_FIGURES, [miner, [...figures.keys()], [...figures.values()].map(json), at]);
  }

  /** Of whom something was measured behind this id, and which id was the newest. */
  async measuredSince(after: bigint): Promise<{ miners: string[]; newest: bigint }> {
    const [row] = await query(this.database, MEASURED_SINCE, [after]);
    return row ?? { miners: [], newest: after };
  }
}
