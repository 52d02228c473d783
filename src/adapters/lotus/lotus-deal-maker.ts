import { ChainCallFailed, ChainMethodMissing } from '../../chain/index.js';
import {
  DealMaker,
  DealProtocolUnsupported,
  MinerUnreachable,
  NodeFault,
  nodeFaultFrom,
  ProposalRefused,
  type DealStatus,
  type ProposalTerms,
  type ProposedPiece,
} from '../../deals/index.js';
import { pricePerEpoch, sameAddress, type CarId, type MinerId } from '../../shared/index.js';
import { cancelDataTransfer, getDealInfo, listDeals, startDeal, type WireDealInfo } from './calls/client.calls.js';
import { walletDefaultAddress } from './calls/chain.calls.js';
import { dealStatus } from './deal-status.js';
import { ImportedCars } from './imported-cars.js';
import type { LotusClient } from './lotus-client.js';

const REFUSED = /reject|refus(ed|es) (the )?(deal|proposal)|not accepting/i;
const NOT_REACHED =
  /\bdial\b|failed to open stream|no addresses|routing: not found|connection refused|i\/o timeout|peer ?id/i;

/**
 * Deals through a Lotus node's own client (up to v1.27.0): import the CAR by its path, propose, and let the miner pull
 * or be pushed the bytes. The node has to see our CAR files under the same paths.
 */
export class LotusDealMaker extends DealMaker {
  readonly protocol = 'lotus';
  private readonly cars: ImportedCars;

  /** `pathOf`: where a program of this machine finds a CAR. */
  constructor(
    private readonly client: LotusClient,
    private readonly pathOf: (carId: CarId) => string,
  ) {
    super();
    this.cars = new ImportedCars(client);
  }

  /**
   * `ClientImport` where the node does not know the CAR yet, then `ClientStartDeal`. Not idempotent. When the signal
   * aborts, or no answer comes, the proposal may be out: `find` tells.
   * @throws ProposalRefused, MinerUnreachable, NodeFault, DealProtocolUnsupported, ChainUnavailable
   */
  async propose(
    piece: ProposedPiece,
    terms: ProposalTerms,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string }> {
    return supported(async () => {
      signal?.throwIfAborted();
      const [wallet] = await Promise.all([walletDefaultAddress(this.client, signal), this.imported(piece, signal)]);
      signal?.throwIfAborted();
      const proposalCid = await startDeal(
        this.client,
        {
          root: piece.root,
          pieceCid: piece.pieceCid,
          unpaddedPieceSize: (piece.pieceSize * 127n) / 128n,
          wallet,
          miner,
          epochPrice: pricePerEpoch(terms.price, piece.pieceSize),
          duration: terms.duration,
          startEpoch: terms.startEpoch,
          verified: terms.verified,
        },
        signal,
      ).catch((error: unknown) => {
        throw this.nameRefusal(error, piece, miner);
      });
      return { proposalCid };
    });
  }

  /** Whatever the node says about a file that we know to be whole: it does not see it. @throws NodeFault */
  private async imported(piece: ProposedPiece, signal?: AbortSignal): Promise<void> {
    try {
      await this.cars.ensure(this.pathOf(piece.carId), piece.root, signal);
    } catch (error) {
      if (!(error instanceof ChainCallFailed)) throw error;
      const fault = nodeFaultFrom(error.message) ?? 'file-not-visible';
      throw new NodeFault(fault, `the node cannot import a CAR: ${error.message}`, { cause: error });
    }
  }

  /** `ClientListDeals`: every deal that the node has ever made, looked through here. @throws DealProtocolUnsupported */
  async find(
    piece: Pick<ProposedPiece, 'pieceCid' | 'root'>,
    miner: MinerId,
    signal?: AbortSignal,
  ): Promise<{ proposalCid: string; createdAt: Date | null }[]> {
    const deals = await supported(() => listDeals(this.client, signal));
    return deals
      .filter((deal) => sameAddress(deal.Provider, miner) && isAbout(deal, piece))
      .map((deal) => ({ proposalCid: deal.ProposalCid, createdAt: dateOf(deal.CreationTime) }))
      .sort((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0));
  }

  /** `ClientGetDealInfo`. @throws DealProtocolUnsupported, ChainUnavailable */
  async status(proposalCid: string, signal?: AbortSignal): Promise<DealStatus | null> {
    const info = await this.dealInfo(proposalCid, signal);
    return info && dealStatus(info);
  }

  /** `ClientCancelDataTransfer`. Nothing happens once the deal has a number on chain, or when its transfer is over. */
  async cancel(proposalCid: string, signal?: AbortSignal): Promise<void> {
    const info = await this.dealInfo(proposalCid, signal);
    if (!info?.TransferChannelID || info.DealID > 0n) return;
    const { Initiator, Responder, ID } = info.TransferChannelID;
    const isInitiator = info.DataTransfer?.IsInitiator ?? true;
    try {
      await cancelDataTransfer(
        this.client,
        ID,
        info.DataTransfer?.OtherPeer ?? (isInitiator ? Responder : Initiator),
        isInitiator,
        signal,
      );
    } catch (error) {
      // A transfer that is over, or a node that cannot stop one: nothing more can be done.
      if (!(error instanceof ChainCallFailed || error instanceof ChainMethodMissing)) throw error;
    }
  }

  private async dealInfo(proposalCid: string, signal?: AbortSignal): Promise<WireDealInfo | null> {
    try {
      return await supported(() => getDealInfo(this.client, proposalCid, signal));
    } catch (error) {
      if (error instanceof ChainCallFailed && /not found/i.test(error.message)) return null;
      throw error;
    }
  }

  /** Lotus has one error code for everything: its words decide. */
  private nameRefusal(error: unknown, piece: ProposedPiece, miner: MinerId): unknown {
    if (!(error instanceof ChainCallFailed)) return error;
    const fault = nodeFaultFrom(error.message);
    if (fault !== null) {
      if (fault === 'file-not-visible') this.cars.forget(this.pathOf(piece.carId));
      return new NodeFault(fault, error.message, { cause: error });
    }
    if (REFUSED.test(error.message)) return new ProposalRefused(`${miner} refused: ${error.message}`, { cause: error });
    if (NOT_REACHED.test(error.message))
      return new MinerUnreachable(`${miner} cannot be reached: ${error.message}`, { cause: error });
    this.cars.forget(this.pathOf(piece.carId));
    return error;
  }
}

/** Names what a node without client deal methods says. */
async function supported<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChainMethodMissing)
      throw new DealProtocolUnsupported(
        `this Filecoin node makes no deals (Lotus has had no client deal methods since v1.27.1): ${error.message}`,
        { cause: error },
      );
    throw error;
  }
}

/** Newer nodes say which piece a deal is about; older ones only which root. */
function isAbout(deal: WireDealInfo, piece: Pick<ProposedPiece, 'pieceCid' | 'root'>): boolean {
  const committed = [deal.PieceCID, deal.DataRef?.PieceCid].filter((cid) => cid?.startsWith('baga'));
  return committed.length > 0 ? committed.includes(piece.pieceCid) : deal.DataRef?.Root === piece.root;
}

/** Go writes the year 1 where it has no time. */
function dateOf(text: string): Date | null {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() < 1971 ? null : date;
}
