import { Injectable } from '@nestjs/common';
import { ChainHeads } from '../../chain/index.js';
import { AppConfig } from '../../config/index.js';
import { LeaseLost } from '../../platform/leases/index.js';
import { Clock, type DealId, type Epoch, messageOf } from '../../shared/index.js';
import { type CommittedPiece, type Deal, isCommitted } from '../domain/deal.js';
import { MinerUnreachable, NodeFault, ProposalRefused } from '../domain/deals.errors.js';
import { reasonFrom } from '../domain/failure.js';
import { nodeFaults } from '../domain/node-fault.js';
import { pauseAfter } from '../domain/replication-policy.js';
import { DealMaker } from '../ports/deal-maker.port.js';
import { type DealLease, PostgresDealStore } from '../store/postgres-deal.store.js';
import { LEASE_MS, whileExtending } from './lease.js';
import { FailDeal } from './fail-deal.js';
import { nodeFaultOf } from './node-faults.js';

/**
 * proposed: with the miner. lost: refused or unreachable, take another. unclear: asked again later. elsewhere: not
 * ours. An object: our own node or wallet is at fault, and no use to ask anybody before then.
 */
type ProposalOutcome = 'proposed' | 'lost' | 'unclear' | 'elsewhere' | { why: string; until: Date };

/** After an answer that did not come, the node gets this long to finish what it may have begun. */
const UNCLEAR_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
/** After so many errors without a name, another miner is taken. */
const MOST_ATTEMPTS = 5;
/** Deals of retired pieces that one sweep looks at. */
const UNWANTED_BATCH = 100;
/**
 * The node's clock and ours may differ by this much, and either may have been set meanwhile. Generous: a proposal that
 * no row knows is one of ours that was lost, whenever it was made, and one that is not recognised is sent twice.
 */
const CLOCK_SKEW_MS = 2 * 3_600_000;

/**
 * Sends one queued deal to its miner, once: the row says that a proposal is on its way before it is, so that whoever
 * finds the row after a crash asks the node first and adopts the proposal that no other row knows.
 */
@Injectable()
export class ProposeDeal {
  constructor(
    private readonly deals: PostgresDealStore,
    private readonly maker: DealMaker,
    private readonly heads: ChainHeads,
    private readonly failDeal: FailDeal,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** The caller has seen to it that the piece's CAR is on this node. */
  async run(id: DealId, signal: AbortSignal): Promise<ProposalOutcome> {
    const claim = await this.deals.claimQueued(id, LEASE_MS);
    if (!claim) return 'elsewhere';
    const { piece, lease } = claim;
    let head: Epoch | null = null;
    try {
      const { height, fresh } = await this.heads.read(signal);
      head = height;
      if (!fresh) throw new NodeFault('node-lagging', `the head of the node is epoch ${height}, and old`);
      if (!isCommitted(piece)) return await this.withdraw(claim, height, signal);
      return await whileExtending(
        () => this.deals.extend([lease], LEASE_MS),
        () => this.send(claim, piece, height, signal),
      );
    } catch (error) {
      return this.failed(claim, head, error, signal);
    }
  }

  /**
   * Gives back what deals have reserved that were never sent and whose piece nobody wants any more. How many were
   * looked at. @throws ChainUnavailable
   */
  async releaseUnwanted(signal: AbortSignal): Promise<number> {
    const unwanted = await this.deals.unwanted(UNWANTED_BATCH);
    for (const id of unwanted) {
      if (!signal.aborted) await this.run(id, signal);
    }
    return unwanted.length;
  }

  /** Asks the node first when a proposal may be out already. */
  private async send(
    claim: DealLease,
    piece: CommittedPiece,
    head: Epoch,
    signal: AbortSignal,
  ): Promise<ProposalOutcome> {
    const { deal, lease } = claim;
    if (deal.proposingSince !== null) {
      const known = await this.alreadySent(deal, deal.proposingSince, piece, signal);
      if (known !== null) return this.record(claim, known, head, 'found at the client node after a restart');
    }
    if (deal.attempts >= MOST_ATTEMPTS) {
      const message = `${deal.attempts} proposals in a row ended in an error without a name`;
      const failure = { phase: 'propose', reason: 'unknown-error', message } as const;
      await this.failDeal.run(deal, 'failed', failure, { epoch: head, lease });
      return 'lost';
    }
    const startEpoch = head + this.config.values.DEALS_START_DELAY;
    if (!(await this.deals.markSending(lease, startEpoch, startEpoch + deal.duration))) return 'elsewhere';
    const { proposalCid } = await this.maker.propose(
      piece,
      { price: deal.price, verified: deal.verified, duration: deal.duration, startEpoch },
      deal.miner,
      signal,
    );
    return this.record(claim, proposalCid, head, 'proposed to the miner');
  }

  /** The newest proposal of this piece to this miner that no row has, made since we meant to send ours. */
  private async alreadySent(
    deal: Deal,
    since: Date,
    piece: Pick<CommittedPiece, 'pieceCid' | 'root'>,
    signal: AbortSignal,
  ): Promise<string | null> {
    const found = await this.maker.find({ pieceCid: piece.pieceCid, root: piece.root }, deal.miner, signal);
    const recent = found.filter(
      ({ createdAt }) => createdAt === null || createdAt.getTime() >= since.getTime() - CLOCK_SKEW_MS,
    );
    const unknown = await this.deals.unknownProposals(recent.map(({ proposalCid }) => proposalCid));
    return recent.find(({ proposalCid }) => unknown.has(proposalCid))?.proposalCid ?? null;
  }

  private async record(claim: DealLease, proposalCid: string, head: Epoch, cause: string): Promise<ProposalOutcome> {
    if (await this.deals.markProposed(claim, proposalCid, { cause, epoch: head })) {
      await this.failDeal.faults.succeeded('propose');
      return 'proposed';
    }
    // Somebody took the row from us while the proposal was on its way: one too many is out there.
    await this.maker.cancel(proposalCid);
    return 'elsewhere';
  }

  /** A miner's no or silence is the end of this deal; anything else leaves it to the next look. */
  private async failed(
    { deal, lease }: DealLease,
    head: Epoch | null,
    error: unknown,
    signal: AbortSignal,
  ): Promise<ProposalOutcome> {
    const message = messageOf(error);
    if (error instanceof LeaseLost) return 'elsewhere';
    if (error instanceof MinerUnreachable) {
      const failure = { phase: 'send-proposal', reason: 'miner-unreachable', message } as const;
      await this.failDeal.run(deal, 'failed', failure, { epoch: head, lease });
      return 'lost';
    }
    if (error instanceof ProposalRefused) {
      const failure = { phase: 'propose', reason: reasonFrom(message, 'miner-refused'), message } as const;
      await this.failDeal.run(deal, 'rejected', failure, { epoch: head, lease });
      return 'lost';
    }
    if (signal.aborted) {
      await this.deals.release(lease, this.later(UNCLEAR_PAUSE_MS));
      return 'unclear';
    }
    return this.ourFault({ deal, lease }, head, error);
  }

  /**
   * No answer is no answer: the proposal may be on its way, so the row stays as it is, and the next look asks the node.
   * Never charged to the miner, nor tried again blindly.
   */
  private async ourFault(
    { deal, lease }: Pick<DealLease, 'deal' | 'lease'>,
    head: Epoch | null,
    error: unknown,
  ): Promise<ProposalOutcome> {
    const message = messageOf(error);
    const fault = nodeFaultOf(error);
    if (fault === 'sector-size') {
      const failure = { phase: 'propose', reason: 'sector-size', message } as const;
      await this.failDeal.run(deal, 'rejected', failure, { epoch: head, lease });
      return 'lost';
    }
    const { paused, probeAt } = await this.failDeal.faults.report(fault, 'propose', message);
    const attempts = deal.attempts + 1;
    const pause = fault === 'unknown' ? pauseAfter(attempts, UNCLEAR_PAUSE_MS, LONGEST_PAUSE_MS) : UNCLEAR_PAUSE_MS;
    if (fault === 'unknown') await this.deals.attempted(lease, attempts);
    // Where it is certain that nothing went out, nobody has to be asked whether it did.
    if (fault === 'protocol-unsupported') await this.deals.notSent(lease, this.later(pause));
    else await this.deals.release(lease, this.later(pause));
    return paused ? { why: `${nodeFaults[fault].about}: ${message}`, until: probeAt } : 'unclear';
  }

  /** Nobody wants the piece any more. A proposal that went out all the same is followed to its end. */
  private async withdraw(claim: DealLease, head: Epoch, signal: AbortSignal): Promise<ProposalOutcome> {
    const { deal, lease, piece } = claim;
    if (deal.proposingSince !== null && piece.pieceCid !== null) {
      const known = await this.alreadySent(deal, deal.proposingSince, { ...piece, pieceCid: piece.pieceCid }, signal);
      if (known !== null) return this.record(claim, known, head, 'found at the client node; nobody wants the piece');
    }
    const failure = { phase: 'fault', reason: 'piece-retired', message: 'nobody wants this piece any more' } as const;
    await this.failDeal.run(deal, 'failed', failure, { epoch: head, lease });
    return 'lost';
  }

  private later(ms: number): Date {
    return new Date(this.clock.now().getTime() + ms);
  }
}
