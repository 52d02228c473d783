import { Injectable } from '@nestjs/common';
import type { HeldRun } from '../domain/held-run.js';
import { HoldersQuery } from '../store/holders-query.js';

/** Where the miners' copy of a DAG lies: every run of copy 0 with the deals over its piece. Null when no such DAG is stored. */
@Injectable()
export class FindHolders {
  constructor(private readonly query: HoldersQuery) {}

  /** `root`: CIDv1 text. */
  async run(root: string): Promise<{ root: string; runs: HeldRun[] } | null> {
    const runs = await this.query.runs(root);
    return runs === null ? null : { root, runs };
  }
}
