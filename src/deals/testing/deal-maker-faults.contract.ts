import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { MinerId } from '../../shared/index.js';
import { MinerUnreachable, ProposalRefused } from '../domain/deals.errors.js';
import type { NodeFaultName } from '../domain/node-fault.js';
import type { DealMaker, ProposalTerms, ProposedPiece } from '../ports/deal-maker.port.js';
import { nodeFaultOf } from '../verbs/node-faults.js';

/** Faults that a DealMaker meets; the head's age and our own disk are others' to look at. */
const MET_BY_PROPOSING = [
  'wallet-funds',
  'wallet-datacap',
  'wallet-locked',
  'wallet-key-missing',
  'file-not-visible',
  'token-refused',
  'node-unavailable',
  'protocol-unsupported',
  'sector-size',
  'unknown',
] as const satisfies NodeFaultName[];
type ProposingFault = (typeof MET_BY_PROPOSING)[number];
/** Those that no call comes past. */
const MET_BY_ASKING = ['token-refused', 'node-unavailable'] as const satisfies ProposingFault[];

export interface DealMakerFaultsHarness {
  /** A maker in front of the one node, as a process has it that starts now. */
  maker(): DealMaker;
  /** The node has this fault from now on; null: it is whole again. */
  script(fault: ProposingFault | null): Promise<void>;
  /** Takes every proposal. */
  miner: MinerId;
  /** A new piece, its CAR on disk where the maker needs one. */
  piece(): Promise<ProposedPiece>;
  terms(): Promise<ProposalTerms>;
  close?(): Promise<void>;
}

/** What every DealMaker promises where the operator's own node or wallet is at fault. */
export function describeDealMakerFaultsContract(name: string, make: () => Promise<DealMakerFaultsHarness>): void {
  describe(`${name} in front of a node or wallet that is at fault`, () => {
    let harness: DealMakerFaultsHarness;
    beforeAll(async () => {
      harness = await make();
    }, 60_000);
    afterEach(() => harness.script(null));
    afterAll(async () => harness?.close?.());

    const failureOf = async (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => null,
        (error: unknown) => error,
      );
    const expectOurs = (error: unknown, fault: NodeFaultName) => {
      expect(error).toBeInstanceOf(Error);
      expect(error).not.toBeInstanceOf(MinerUnreachable);
      expect(error).not.toBeInstanceOf(ProposalRefused);
      expect(nodeFaultOf(error)).toBe(fault);
    };

    it.each(MET_BY_PROPOSING)(
      'names it, blames no miner, sends nothing, and proposes once it is mended: %s',
      async (fault) => {
        const [piece, terms] = [await harness.piece(), await harness.terms()];
        await harness.script(fault);
        expectOurs(await failureOf(harness.maker().propose(piece, terms, harness.miner)), fault);
        await harness.script(null);
        const mended = harness.maker();
        expect(await mended.find(piece, harness.miner)).toEqual([]);
        const { proposalCid } = await mended.propose(piece, terms, harness.miner);
        expect((await mended.find(piece, harness.miner)).map((each) => each.proposalCid)).toEqual([proposalCid]);
      },
    );

    it.each(MET_BY_ASKING)('never takes it for a proposal that is unknown or over: %s', async (fault) => {
      const piece = await harness.piece();
      const { proposalCid } = await harness.maker().propose(piece, await harness.terms(), harness.miner);
      await harness.script(fault);
      expectOurs(await failureOf(harness.maker().status(proposalCid)), fault);
      expectOurs(await failureOf(harness.maker().find(piece, harness.miner)), fault);
      await harness.script(null);
      expect((await harness.maker().status(proposalCid))?.phase).toEqual(expect.stringMatching(/^(?!failed|rejected)/));
    });
  });
}
