import type { AttoFil, MinerId } from '../../shared/index.js';
import type { Ask } from '../../miners/index.js';

export abstract class ChooseMiners {
  abstract run(wanted: { pieceSize: bigint; verified: boolean; maxPrice: AttoFil; count: number; exclude: MinerId[] }): Promise<{ chosen: { miner: MinerId; ask: Ask }[]; unfit: { miner: MinerId; reason: string }[] }>;
}
export abstract class RecordOutcome {
  abstract run(miner: MinerId, outcome: { ok: boolean; phase?: string; reason?: string }): Promise<void>;
}
