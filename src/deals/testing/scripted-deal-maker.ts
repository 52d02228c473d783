import { createHash } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as Digest from 'multiformats/hashes/digest';
import { pricePerEpoch, type MinerId } from '../../shared/index.js';
import { ScriptedChainSource } from '../../chain/testing/scripted-chain-source.js';
import { ChainCallFailed, ChainUnauthorized, ChainUnavailable } from '../../chain/index.js';
import { DealProtocolUnsupported, MinerUnreachable, NodeFault, ProposalRefused } from '../domain/deals.errors.js';
import type { NodeFaultName } from '../domain/node-fault.js';
import { DealMaker, type DealStatus, type ProposalTerms, type ProposedPiece } from '../ports/deal-maker.port.js';

/**
 * How a miner behaves:
 * - `good` seals; `refuses` says no when it is asked; `rejects` says no a while after the proposal went out;
 * `unreachable` does not answer;
 * - `transfer-fails` breaks off; `stalls` takes half of the bytes and no more; `never-publishes` takes all and stops;
 * - `slashed` seals and then loses the sector; `lies` publishes a deal about another piece.
 */
export type MinerScript =
  'good' | 'refuses' | 'rejects' | 'unreachable' | 'transfer-fails' | 'stalls' | 'never-publishes' | 'slashed' | 'lies';

type Phase = DealStatus['phase'];
interface Step {
  phase: Phase;
  detail: string;
  message?: string;
}

const agreed: Step[] = [
  { phase: 'proposed', detail: 'StorageDealFundsReserved' },
  { phase: 'accepted', detail: 'StorageDealStartDataTransfer' },
  { phase: 'transferring', detail: 'StorageDealTransferring' },
];
const sealed: Step[] = [
  ...agreed,
  { phase: 'published', detail: 'StorageDealAwaitingPreCommit' },
  { phase: 'active', detail: 'StorageDealActive' },
];
const steps: Record<Exclude<MinerScript, 'refuses' | 'unreachable'>, Step[]> = {
  good: sealed,
  slashed: sealed,
  lies: sealed,
  rejects: [
    ...agreed.slice(0, 1),
    { phase: 'rejected', detail: 'StorageDealError', message: 'deal rejected: not accepting deals' },
  ],
  'transfer-fails': [
    ...agreed,
    { phase: 'failed', detail: 'StorageDealError', message: 'data transfer failed: stream reset' },
  ],
  stalls: agreed,
  'never-publishes': [...agreed, { phase: 'transferring', detail: 'StorageDealCheckForAcceptance' }],
};

interface Proposal {
  proposalCid: string;
  piece: ProposedPiece;
  terms: ProposalTerms;
  miner: MinerId;
  script: keyof typeof steps;
  step: number;
  createdAt: Date;
  cancelled: boolean;
  chainDealId: bigint | null;
}

/**
 * A client node and its miners in memory. Time passes with `advance()`: each call takes every proposal one step
 * further; published deals stand on the chain that was given, and slashing happens there, one step after the deal
 * became active.
 */
export class ScriptedDealMaker extends DealMaker {
  readonly protocol = 'scripted';
  /** The node itself is off. */
  down = false;
  /** The node has no deal methods. */
  unsupported = false;
  /** What is wrong with the node: it befalls proposals, and every call where the node itself does not answer. */
  fault: NodeFaultName | null = null;
  /** Called after the proposal is recorded and before the answer: throw here to play a crash or a lost answer. */
  afterPropose: (proposalCid: string) => void = () => undefined;
  readonly proposals: Proposal[] = [];
  private readonly scripts = new Map<MinerId, MinerScript>();
  private nextDealId = 1000n;

  constructor(readonly chain: ScriptedChainSource = new ScriptedChainSource()) {
    super();
  }

  script(miner: MinerId, script: MinerScript): this {
    this.scripts.set(miner, script);
    return this;
  }

  /** Passes epochs, each proposal going one step per call. */
  advance(times = 1): void {
    for (let i = 0; i < times; i++) {
      this.chain.height += 1;
      for (const proposal of this.proposals) this.step(proposal);
    }
  }

  /** As if the node had lost its records. */
  forget(proposalCid: string): void {
    this.proposals.splice(
      this.proposals.findIndex((proposal) => proposal.proposalCid === proposalCid),
      1,
    );
  }

  async propose(
    piece: ProposedPiece,
    terms: ProposalTerms,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string }> {
    this.answer(signal);
    if (this.fault !== null) throw failureOf(this.fault);
    const script = this.scripts.get(miner) ?? 'good';
    if (script === 'unreachable') throw new MinerUnreachable(`failed to dial ${miner}`);
    if (script === 'refuses') throw new ProposalRefused(`${miner} is not accepting deals`);
    const proposalCid = cidOf(`${this.proposals.length}/${piece.pieceCid}/${miner}/${terms.startEpoch}`);
    this.proposals.push({
      proposalCid,
      piece,
      terms,
      miner,
      script,
      step: 0,
      createdAt: new Date(),
      cancelled: false,
      chainDealId: null,
    });
    this.afterPropose(proposalCid);
    return { proposalCid };
  }

  async find(
    piece: Pick<ProposedPiece, 'pieceCid' | 'root'>,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string; createdAt: Date | null }[]> {
    this.answer(signal);
    return this.proposals
      .filter((proposal) => proposal.piece.pieceCid === piece.pieceCid && proposal.miner === miner)
      .reverse()
      .map(({ proposalCid, createdAt }) => ({ proposalCid, createdAt }));
  }

  async status(proposalCid: string, signal?: AbortSignal): Promise<DealStatus | null> {
    this.answer(signal);
    const proposal = this.proposals.find((known) => known.proposalCid === proposalCid);
    if (!proposal) return null;
    const { phase, detail, message } = currentStep(proposal);
    return {
      phase,
      detail,
      message: message ?? null,
      chainDealId: proposal.chainDealId,
      publishCid: proposal.chainDealId === null ? null : cidOf(`publish/${proposalCid}`),
      bytesSent: bytesSent(proposal, phase),
      proposal: {
        pieceCid: proposal.piece.pieceCid,
        root: proposal.piece.root,
        provider: proposal.miner,
        client: this.chain.walletFacts.address,
        pricePerEpoch: String(pricePerEpoch(proposal.terms.price, proposal.piece.pieceSize)),
        verified: proposal.terms.verified,
        duration: proposal.terms.duration,
        startEpoch: proposal.terms.startEpoch,
      },
    };
  }

  async cancel(proposalCid: string, signal?: AbortSignal): Promise<void> {
    this.answer(signal);
    const proposal = this.proposals.find((known) => known.proposalCid === proposalCid);
    if (proposal && proposal.chainDealId === null) proposal.cancelled = true;
  }

  private step(proposal: Proposal): void {
    const last = steps[proposal.script].length - 1;
    if (proposal.cancelled) return;
    if (proposal.step === last && proposal.script === 'slashed' && proposal.chainDealId !== null) {
      this.chain.putDeal({ chainDealId: proposal.chainDealId, slashEpoch: this.chain.height });
    }
    proposal.step = Math.min(proposal.step + 1, last);
    const { phase } = currentStep(proposal);
    if (phase === 'published' && proposal.chainDealId === null) this.publish(proposal);
    if (
      phase === 'active' &&
      proposal.chainDealId !== null &&
      this.chain.deals.get(proposal.chainDealId)?.sectorStartEpoch === null
    ) {
      this.chain.putDeal({ chainDealId: proposal.chainDealId, sectorStartEpoch: this.chain.height });
    }
  }

  private publish(proposal: Proposal): void {
    const { piece, terms, miner, script } = proposal;
    proposal.chainDealId = this.nextDealId++;
    this.chain.putDeal({
      chainDealId: proposal.chainDealId,
      pieceCid: script === 'lies' ? cidOf('another piece') : piece.pieceCid,
      pieceSize: piece.pieceSize,
      provider: miner,
      client: this.chain.walletFacts.address,
      startEpoch: terms.startEpoch,
      endEpoch: terms.startEpoch + terms.duration,
      pricePerEpoch: pricePerEpoch(terms.price, piece.pieceSize),
      verified: terms.verified,
      label: piece.root,
    });
  }

  private answer(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.down) throw new ChainUnavailable('the scripted node is down');
    if (this.fault === 'token-refused' || this.fault === 'node-unavailable') throw failureOf(this.fault);
    if (this.unsupported) throw new DealProtocolUnsupported('method not found: Filecoin.ClientStartDeal');
  }
}

/** As a maker in front of a real node throws it. */
function failureOf(fault: NodeFaultName): Error {
  const words = `scripted: ${fault}`;
  switch (fault) {
    case 'token-refused':
      return new ChainUnauthorized(words);
    case 'node-unavailable':
      return new ChainUnavailable(words);
    case 'protocol-unsupported':
      return new DealProtocolUnsupported(words);
    case 'unknown':
      return new ChainCallFailed('the moon is in the seventh house');
    default:
      return new NodeFault(fault, words);
  }
}

function currentStep(proposal: Proposal): Step {
  if (proposal.cancelled) return { phase: 'failed', detail: 'StorageDealError', message: 'data transfer cancelled' };
  return steps[proposal.script][proposal.step] ?? { phase: 'proposed', detail: 'StorageDealUnknown' };
}

function bytesSent(proposal: Proposal, phase: Phase): number {
  if (phase === 'published' || phase === 'active') return proposal.piece.carBytes;
  if (phase !== 'transferring' && phase !== 'failed') return 0;
  return proposal.script === 'never-publishes' && proposal.step >= 2
    ? proposal.piece.carBytes
    : Math.floor(proposal.piece.carBytes / 2);
}

function cidOf(text: string): string {
  return CID.createV1(0x71, Digest.create(0x12, createHash('sha256').update(text).digest())).toString();
}
