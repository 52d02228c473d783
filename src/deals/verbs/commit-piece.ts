import { Injectable } from '@nestjs/common';
import { LeaseLost } from '../../platform/leases/index.js';
import { CarFiles } from '../../storage/index.js';
import { type CarId, Clock, messageOf } from '../../shared/index.js';
import type { Piece } from '../domain/deal.js';
import { NodeFault } from '../domain/deals.errors.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { PieceHasher } from '../ports/piece.port.js';
import { PostgresPieceStore } from '../store/postgres-piece.store.js';
import { LEASE_MS, whileExtending } from './lease.js';
import { nodeFaultOf, NodeFaults } from './node-faults.js';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** A CAR that goes is read about a moment before its piece hears of it: only what lasts is a fault. */
const FIRST_TOLD = 2;

/**
 * commP over the exact bytes of a sealed CAR. A failure is written down, shown as a fault of this node (no miner has to
 * do with it), and tried again for ever, ever less often.
 */
@Injectable()
export class CommitPiece {
  constructor(
    private readonly pieces: PostgresPieceStore,
    private readonly files: CarFiles,
    private readonly hasher: PieceHasher,
    private readonly faults: NodeFaults,
    private readonly clock: Clock,
  ) {}

  /**
   * Nothing when the piece is not due, not sealed any more, or another worker's. Never throws for a failure of hashing.
   */
  async run(carId: CarId, signal: AbortSignal): Promise<void> {
    const claim = await this.pieces.claimToCommit(carId, LEASE_MS);
    if (!claim) return;
    try {
      const started = this.clock.now().getTime();
      const commitment = await whileExtending(
        () => this.pieces.extend(claim.lease, LEASE_MS),
        () => this.hash(claim.piece, signal),
      );
      await this.pieces.commit(claim, commitment, this.clock.now().getTime() - started);
      await this.faults.succeeded('commp');
    } catch (error) {
      const attempts = claim.piece.commpAttempts + 1;
      const pause = signal.aborted ? 0 : pauseAfter(attempts, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
      await this.pieces.commitFailed(claim, `commP: ${messageOf(error)}`, new Date(this.clock.now().getTime() + pause));
      if (!signal.aborted && !(error instanceof LeaseLost)) await this.report(carId, attempts, error);
    }
  }

  private async report(carId: CarId, attempts: number, error: unknown): Promise<void> {
    const fault = nodeFaultOf(error);
    if (fault === 'file-unreadable' && attempts < FIRST_TOLD) return;
    await this.faults.report(fault, 'commp', `commP of ${carId}: ${messageOf(error)}`);
  }

  /** The CAR has to be the one that was sealed, to the byte. */
  private async hash(piece: Piece, signal: AbortSignal) {
    const bytes = await this.files.sizeOf(piece.carId);
    if (bytes === null) throw new NodeFault('file-unreadable', 'the CAR is not on this node');
    if (bytes !== piece.carBytes)
      throw new NodeFault('file-unreadable', `the CAR has ${bytes} bytes where ${piece.carBytes} were sealed`);
    return this.hasher.hash(this.files.read(piece.carId), signal);
  }
}
