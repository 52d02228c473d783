import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CID } from 'multiformats/cid';
import { ChainUnavailable } from '../../chain/index.js';
import type { MinerId } from '../../shared/index.js';
import { MinerUnreachable, ProposalRefused } from '../domain/deals.errors.js';
import type { DealMaker, DealStatus, ProposalTerms, ProposedPiece } from '../ports/deal-maker.port.js';

export interface DealMakerHarness {
  maker: DealMaker;
  /** The same kind of maker in front of a node that is not there. */
  unreachableNode: DealMaker;
  miners: { good: MinerId; alsoGood: MinerId; refuses: MinerId; unreachable: MinerId; transferFails: MinerId };
  /** A new piece, its CAR on disk where the maker needs one. */
  piece(): Promise<ProposedPiece>;
  terms(): Promise<ProposalTerms>;
  /** Lets the network do a little. */
  pass(): Promise<void>;
  close?(): Promise<void>;
}

const order: DealStatus['phase'][] = ['proposed', 'accepted', 'transferring', 'published', 'active'];
const MOST_LOOKS = 400;

/** What every DealMaker promises. */
export function describeDealMakerContract(name: string, make: () => Promise<DealMakerHarness>): void {
  describe(`${name} as a DealMaker`, () => {
    let harness: DealMakerHarness;
    beforeAll(async () => {
      harness = await make();
    }, 60_000);
    afterAll(async () => harness?.close?.());

    async function propose(miner: MinerId): Promise<{ piece: ProposedPiece; proposalCid: string }> {
      const piece = await harness.piece();
      const { proposalCid } = await harness.maker.propose(piece, await harness.terms(), miner);
      return { piece, proposalCid };
    }

    /** Statuses seen until one satisfies `until`. */
    async function follow(proposalCid: string, until: (status: DealStatus) => boolean): Promise<DealStatus[]> {
      const seen: DealStatus[] = [];
      for (let i = 0; i < MOST_LOOKS; i++) {
        const status = await harness.maker.status(proposalCid);
        if (status === null) throw new Error('the node forgot the proposal');
        seen.push(status);
        if (until(status)) return seen;
        await harness.pass();
      }
      throw new Error(`still ${seen.at(-1)?.phase} (${seen.at(-1)?.detail})`);
    }

    const ended = ({ phase }: DealStatus) => phase === 'failed' || phase === 'rejected';

    it("takes a good miner's deal from the proposal to active, never backwards, and names it on the chain", async () => {
      const { piece, proposalCid } = await propose(harness.miners.good);
      expect(CID.parse(proposalCid).toString()).toBe(proposalCid);
      const seen = await follow(
        proposalCid,
        ({ phase }) => phase === 'active' || phase === 'failed' || phase === 'rejected',
      );
      const ranks = seen.map(({ phase }) => order.indexOf(phase));
      expect(ranks).toEqual([...ranks].sort((a, b) => a - b));
      expect(seen.at(-1)).toMatchObject({
        phase: 'active',
        message: null,
        proposal: { pieceCid: piece.pieceCid, provider: harness.miners.good },
      });
      expect(typeof seen.at(-1)?.chainDealId).toBe('bigint');
    }, 60_000);

    it('gives proposals of one piece to two miners different CIDs, and finds each by piece and miner', async () => {
      const piece = await harness.piece();
      const terms = await harness.terms();
      const first = await harness.maker.propose(piece, terms, harness.miners.good);
      const second = await harness.maker.propose(piece, terms, harness.miners.alsoGood);
      expect(first.proposalCid).not.toBe(second.proposalCid);
      expect((await harness.maker.find(piece, harness.miners.good)).map(({ proposalCid }) => proposalCid)).toEqual([
        first.proposalCid,
      ]);
      expect((await harness.maker.find(piece, harness.miners.alsoGood)).map(({ proposalCid }) => proposalCid)).toEqual([
        second.proposalCid,
      ]);
    }, 60_000);

    it('finds nothing for a piece that was never proposed', async () => {
      expect(await harness.maker.find(await harness.piece(), harness.miners.good)).toEqual([]);
    });

    it('says that a miner refused, at once or by the status, with its words', async () => {
      const outcome = await propose(harness.miners.refuses).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(ProposalRefused);
      } else {
        const seen = await follow((outcome as { proposalCid: string }).proposalCid, ended);
        expect(seen.at(-1)).toMatchObject({ phase: 'rejected', chainDealId: null });
        expect(seen.at(-1)?.message).toBeTruthy();
      }
    }, 60_000);

    it('says that a miner cannot be reached, at once or by the status', async () => {
      const outcome = await propose(harness.miners.unreachable).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        expect(outcome).toBeInstanceOf(MinerUnreachable);
        expect(outcome).toMatchObject({ retryable: true });
      } else {
        expect((await follow((outcome as { proposalCid: string }).proposalCid, ended)).at(-1)?.message).toBeTruthy();
      }
    }, 60_000);

    it('says that a transfer failed, and why', async () => {
      const { proposalCid } = await propose(harness.miners.transferFails);
      const last = (await follow(proposalCid, ended)).at(-1);
      expect(last).toMatchObject({ phase: 'failed', chainDealId: null });
      expect(last?.message).toBeTruthy();
    }, 60_000);

    it('answers null for a proposal that the node does not know', async () => {
      expect(await harness.maker.status('bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae')).toBeNull();
    });

    it('cancels what it can and never minds the rest', async () => {
      const { proposalCid } = await propose(harness.miners.good);
      await harness.maker.cancel(proposalCid);
      await harness.maker.cancel(proposalCid);
      await harness.maker.cancel('bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae');
    }, 60_000);

    it('stops at once when its caller gives up', async () => {
      const gone = AbortSignal.abort(new Error('given up'));
      await expect(
        harness.maker.propose(await harness.piece(), await harness.terms(), harness.miners.good, gone),
      ).rejects.toThrow('given up');
    });

    it('says ChainUnavailable when the node is not there', async () => {
      await expect(
        harness.unreachableNode.propose(await harness.piece(), await harness.terms(), harness.miners.good),
      ).rejects.toBeInstanceOf(ChainUnavailable);
      await expect(
        harness.unreachableNode.status('bafyreib2rxk3rybk3aobmv5cjuql3bm2twh4jo5uxgf5kpqcsgz7soitae'),
      ).rejects.toBeInstanceOf(ChainUnavailable);
    });
  });
}
