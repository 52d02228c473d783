import type { CID } from 'multiformats/cid';
import { DagStore, type AdoptOptions, type DagIntake, type DagRun, type StoredDag } from '../ports/dag-store.port.js';
import { canonicalCid, type ContentId } from '../../shared/index.js';
import { CarIntake, type IntakeTools } from './car-intake.js';

export class CarDagStore extends DagStore {
  constructor(private readonly tools: IntakeTools) {
    super();
  }

  async begin(purpose: 'pin' | 'copy'): Promise<DagIntake> {
    return new CarIntake(this.tools, purpose);
  }

  async ensureSpace(bytes: number): Promise<void> {
    await this.tools.node.space.ensure(bytes);
  }

  async find(root: CID): Promise<StoredDag | null> {
    return this.tools.rows.find(canonicalCid(root));
  }

  async runs(dagId: bigint): Promise<DagRun[]> {
    return this.tools.rows.runs(dagId);
  }

  async refer(root: CID, options: AdoptOptions): Promise<ContentId | null> {
    const { userId, cid, name, type, profile, terms, pinRequestId, within } = options;
    return this.tools.references.add(
      canonicalCid(root),
      {
        userId,
        cid,
        name,
        type,
        profile,
        replication: terms?.replication ?? this.tools.node.limits.replication,
        pinRequestId: pinRequestId ?? null,
      },
      within,
    );
  }
}
