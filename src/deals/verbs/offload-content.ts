import { Injectable } from '@nestjs/common';
import { ContentNotFound, OffloadDag } from '../../content/index.js';
import { sealedDealStates } from '../domain/deal-state.js';
import { NotEnoughSealedDeals } from '../domain/deals.errors.js';
import { type ContentDeals, ReadContentDeals } from './read-content-deals.js';

interface OffloadReport {
  /** For each piece, how many of its miners have proven that they hold it. */
  pieces: { carId: string; pieceCid: string | null; sealed: number; wanted: number }[];
  /** False: this was a look, and the bytes are those that would go. */
  executed: boolean;
  freedBytes: number;
  /** Bytes that go as soon as nothing else needs their CAR. */
  pendingBytes: number;
}

/**
 * Takes a content off this node, when every one of its pieces has all its deals proven by sectors: published is not
 * enough (Estuary's D9: it deleted data that nobody had sealed). The bytes leave for everybody who has this DAG.
 */
@Injectable()
export class OffloadContent {
  constructor(
    private readonly readContentDeals: ReadContentDeals,
    private readonly offloadDag: OffloadDag,
  ) {}

  /** @throws ContentNotFound, NotEnoughSealedDeals, NotOffloadable */
  async run(contentId: bigint, execute: boolean): Promise<OffloadReport> {
    const found = await this.readContentDeals.ofContent(contentId);
    if (found === null) throw new ContentNotFound(`no such content: ${contentId}`);
    const pieces = proofs(found);
    const lacking = pieces.filter(({ sealed, wanted }) => sealed < wanted);
    if (lacking.length > 0) {
      throw new NotEnoughSealedDeals(
        `${lacking.length} of ${pieces.length} pieces have fewer sealed deals than they need`,
        { details: { pieces: lacking.map((piece) => ({ ...piece })) } },
      );
    }
    const { root } = found.content;
    const done = await (execute ? this.offloadDag.run(root) : this.offloadDag.look(root));
    return { pieces, executed: execute, freedBytes: done?.freedBytes ?? 0, pendingBytes: done?.pendingBytes ?? 0 };
  }
}

/** Distinct miners with a proven deal, piece by piece. A CAR that is no piece yet has none. */
function proofs({ content, pieces, deals }: ContentDeals): OffloadReport['pieces'] {
  return content.cars.map((carId) => {
    const piece = pieces.find((one) => one.carId === carId);
    const miners = deals
      .filter(({ deal }) => deal.carId === carId && sealedDealStates.includes(deal.state))
      .map(({ deal }) => deal.miner);
    return {
      carId,
      pieceCid: piece?.pieceCid ?? null,
      sealed: new Set(miners).size,
      wanted: piece?.replication ?? content.replication,
    };
  });
}
