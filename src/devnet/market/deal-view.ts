import type { Roster } from '../miners/roster.js';
import { unpadded } from '../storage/piece-cid.js';
import type { Deal } from './deal.js';
import { State } from './deal-states.js';

/** What a view needs beside the deal itself; `transferred` gives bytes, live while the transfer runs. */
export interface DealViewContext {
  roster: Roster;
  nodePeerId: string;
  /** Bytes so far. */
  transferred(deal: Deal): number;
}

/** data-transfer statuses: 1 requested/ongoing is shown while bytes move, 6 is completed, 11 is failed. */
const ONGOING = 1;
const COMPLETED = 6;
const FAILED = 11;

/** Lotus' `api.DealInfo`. */
export function dealInfo(deal: Deal, context: DealViewContext): object {
  const channel = transferChannel(deal, context);
  return {
    ProposalCid: { '/': deal.proposalCid },
    State: deal.state,
    Message: deal.message,
    DealStages: { Stages: deal.stages },
    Provider: deal.provider,
    DataRef: {
      TransferType: deal.transferType,
      Root: { '/': deal.root },
      PieceCid: { '/': deal.pieceCid },
      PieceSize: unpadded(deal.pieceSize),
      RawBlockSize: deal.carSize,
    },
    PieceCID: { '/': deal.pieceCid },
    Size: unpadded(deal.pieceSize),
    PricePerEpoch: String(deal.pricePerEpoch),
    Duration: deal.endEpoch - deal.startEpoch,
    DealID: deal.dealId ?? 0,
    CreationTime: deal.createdAt,
    Verified: deal.verified,
    TransferChannelID: channel,
    DataTransfer: channel && {
      TransferID: deal.n,
      Status: transferStatus(deal),
      BaseCID: { '/': deal.root },
      IsInitiator: true,
      IsSender: true,
      Voucher: '',
      Message: '',
      OtherPeer: channel.Responder,
      Transferred: context.transferred(deal),
      Stages: { Stages: [] },
    },
  };
}

/** Null before the transfer began, as in Lotus. */
function transferChannel(deal: Deal, { roster, nodePeerId }: DealViewContext) {
  const started = deal.stages.some((stage) => stage.Name === 'StorageDealTransferring');
  return started ? { Initiator: nodePeerId, Responder: roster.find(deal.provider)?.peerId ?? '', ID: deal.n } : null;
}

function transferStatus(deal: Deal): number {
  if (deal.state === State.Transferring) return ONGOING;
  return deal.sha ? COMPLETED : FAILED;
}

/** The deal as the chain's market actor keeps it: only between publication and its end. */
export function marketDeal(deal: Deal, clientId: string): object {
  return {
    Proposal: {
      PieceCID: { '/': deal.pieceCid },
      PieceSize: deal.pieceSize,
      VerifiedDeal: deal.verified,
      Client: clientId,
      Provider: deal.provider,
      Label: deal.label,
      StartEpoch: deal.startEpoch,
      EndEpoch: deal.endEpoch,
      StoragePricePerEpoch: String(deal.pricePerEpoch),
      ProviderCollateral: String(deal.providerCollateral),
      ClientCollateral: String(deal.clientCollateral),
    },
    State: { SectorStartEpoch: deal.sectorStart, LastUpdatedEpoch: deal.updatedEpoch, SlashEpoch: deal.slashEpoch },
  };
}

/** Slashed deals stay visible with their SlashEpoch; ended and never activated ones leave the market's state. */
export function isOnChain(deal: Deal): boolean {
  return deal.dealId !== undefined && deal.state !== State.Expired && deal.state !== State.Error;
}
