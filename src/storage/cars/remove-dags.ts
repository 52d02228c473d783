import { Injectable } from '@nestjs/common';
import type { Tx } from '../../platform/prisma/index.js';
import type { ReclaimableBytes } from '../domain/run-coverage.js';
import { PostgresDagStore } from '../store/postgres-dag.store.js';
import { HideDead } from './hide-dead.js';

/**
 * Takes DAGs away, in two steps: rows, within the transaction of whoever decides it; then, when that has committed, the
 * bytes (`reclaim`), which the rows name until it is done.
 */
@Injectable()
export class RemoveDags {
  constructor(
    private readonly dags: PostgresDagStore,
    private readonly hideDead: HideDead,
  ) {}

  /**
   * Locks the DAG's row to the end of the transaction. First of all: commits, removals and restores of one DAG take
   * turns.
   */
  lock(tx: Tx, dagId: bigint): Promise<{ id: bigint; root: string } | null> {
    return this.dags.lock(tx, dagId);
  }

  /** The last reference to a locked DAG is gone: its runs are dead, and `dag.gone` is announced. */
  drop(tx: Tx, dag: { id: bigint; root: string }): Promise<ReclaimableBytes> {
    return this.dags.drop(tx, dag);
  }

  /** A reference to a locked DAG is gone, and it has others. */
  lostReference(tx: Tx, dagId: bigint): Promise<void> {
    return this.dags.lostReference(tx, dagId);
  }

  /** The DAG leaves this node; its original runs stay as rows. Null when it is not hot. @throws NotOffloadable */
  offload(tx: Tx, root: string): Promise<{ dagId: bigint; reclaimable: ReclaimableBytes } | null> {
    return this.dags.offload(tx, root);
  }

  /**
   * After the transaction: what it wrote down is hidden, and files that nobody wants go. May be repeated; what a crash
   * leaves undone the next start does before it serves anything.
   */
  async reclaim({ files, stretches }: ReclaimableBytes): Promise<void> {
    for (const id of [...stretches.map(({ carId }) => carId), ...files]) await this.hideDead.run(id);
  }
}
