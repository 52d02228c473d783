import type { ScriptedChainSource } from '../../chain/testing/scripted-chain-source.js';
import type { Clock, MinerId } from '../../shared/index.js';
import { MinerUnreachable, ProposalRefused } from '../domain/deals.errors.js';
import { DealMaker, type DealStatus, type ProposalTerms, type ProposedPiece } from '../ports/deal-maker.port.js';

/** What a miner of the fake market does with every proposal. */
export type Character =
  | 'good' | 'refuses' | 'unreachable' | 'rejects-later' | 'stalls' | 'fails-transfer' | 'never-publishes' | 'wrong-piece'
  /** Takes the proposal, but the answer never arrives. */
  | 'answer-lost'
  /** The connection breaks before the proposal is taken. */
  | 'broken-before';

interface Proposal {
  cid: string;
  piece: ProposedPiece;
  terms: ProposalTerms;
  miner: MinerId;
  createdAt: Date;
  looks: number;
  cancelled: boolean;
  chainDealId: bigint | null;
}

const PHASES = ['proposed', 'accepted', 'transferring', 'published'] as const;

/** Client node and miners in one: a proposal goes one phase further with every look, and its deal appears on the scripted chain. */
export class FakeMarket extends DealMaker {
  readonly protocol = 'fake';
  readonly characters = new Map<MinerId, Character>();
  readonly proposals: Proposal[] = [];
  /** Set: the next call of the method throws it, once. */
  failNext: { method: 'propose' | 'find' | 'status' | 'after-propose'; error: Error } | null = null;
  forgetful = false;
  private nextDeal = 1000n;

  constructor(private readonly chain: ScriptedChainSource, private readonly clock: Clock) {
    super();
  }

  to(miner: MinerId): Proposal[] {
    return this.proposals.filter((proposal) => proposal.miner === miner);
  }

  async propose(piece: ProposedPiece, terms: ProposalTerms, miner: MinerId): Promise<{ proposalCid: string }> {
    this.trip('propose');
    const character = this.characters.get(miner) ?? 'good';
    await Promise.resolve();
    if (character === 'unreachable') throw new MinerUnreachable(`dial ${miner}: connection refused`);
    if (character === 'refuses') throw new ProposalRefused('deal price is below ask');
    if (character === 'broken-before') throw new Error('socket hang up');
    const cid = `bafyproposal${this.proposals.length}`;
    this.proposals.push({ cid, piece, terms, miner, createdAt: this.clock.now(), looks: 0, cancelled: false, chainDealId: null });
    if (character === 'answer-lost') throw new Error('socket hang up');
    this.trip('after-propose');
    return { proposalCid: cid };
  }

  async find(piece: Pick<ProposedPiece, 'pieceCid'>, miner: MinerId): Promise<{ proposalCid: string; createdAt: Date | null }[]> {
    this.trip('find');
    return this.to(miner).filter((proposal) => proposal.piece.pieceCid === piece.pieceCid).reverse().map(({ cid, createdAt }) => ({ proposalCid: cid, createdAt }));
  }

  async status(proposalCid: string): Promise<DealStatus | null> {
    this.trip('status');
    const proposal = this.proposals.find(({ cid }) => cid === proposalCid);
    if (!proposal || this.forgetful) return null;
    proposal.looks += 1;
    const character = this.characters.get(proposal.miner) ?? 'good';
    const furthest = { stalls: 2, 'never-publishes': 2, 'fails-transfer': 2 }[character as string] ?? 3;
    const phase = PHASES[Math.min(proposal.looks, furthest)] ?? 'published';
    const sent = phase === 'proposed' || phase === 'accepted' || character === 'stalls' ? 0 : proposal.piece.carBytes;
    const base = { detail: `Fake${phase}`, message: null, chainDealId: null, publishCid: null, bytesSent: sent, proposal: { Miner: proposal.miner } };
    if (character === 'rejects-later' && proposal.looks > 1) return { ...base, phase: 'rejected', message: 'miner is not accepting deals of strangers' };
    if (character === 'fails-transfer' && proposal.looks > 2) return { ...base, phase: 'failed', message: 'data transfer failed: stream reset' };
    if (phase === 'published') return { ...base, phase, publishCid: 'bafypublish', chainDealId: this.publish(proposal) };
    return { ...base, phase };
  }

  async cancel(proposalCid: string): Promise<void> {
    for (const proposal of this.proposals) if (proposal.cid === proposalCid) proposal.cancelled = true;
  }

  /** Seals every published deal at the epoch given. */
  seal(epoch: number): void {
    for (const { chainDealId } of this.proposals) if (chainDealId !== null) this.chain.putDeal({ chainDealId, sectorStartEpoch: epoch });
  }

  private publish(proposal: Proposal): bigint {
    if (proposal.chainDealId === null) {
      proposal.chainDealId = this.nextDeal;
      this.nextDeal += 1n;
      const { startEpoch, duration } = proposal.terms;
      const pieceCid = this.characters.get(proposal.miner) === 'wrong-piece' ? 'baga6ea4seaqother' : proposal.piece.pieceCid;
      this.chain.putDeal({ chainDealId: proposal.chainDealId, provider: proposal.miner, pieceCid, pieceSize: proposal.piece.pieceSize, startEpoch, endEpoch: startEpoch + duration });
    }
    return proposal.chainDealId;
  }

  private trip(method: NonNullable<FakeMarket['failNext']>['method']): void {
    if (this.failNext?.method !== method) return;
    const { error } = this.failNext;
    this.failNext = null;
    throw error;
  }
}
