import type { DealStatus } from '../../deals/index.js';
import type { WireDealInfo } from './calls/client.calls.js';
import { lotusDealState } from './lotus-deal-states.js';

/** Miners' refusals reach the client as an error whose text says so. */
const REFUSAL = /\breject|\brefus/i;
/** The client writes the publish message into its log of the deal and nowhere else. */
const PUBLISH_MESSAGE = /publish message cid: <?(baf[a-z2-7]+)>?/;

/** Lotus' answer about a deal in our words. */
export function dealStatus(info: WireDealInfo): DealStatus {
  const { name } = lotusDealState(info.State);
  const phase = phaseOf(info);
  const over = phase === 'failed' || phase === 'rejected';
  return {
    phase,
    detail: name,
    message: over ? info.Message || name : null,
    chainDealId: info.DealID > 0n ? info.DealID : null,
    publishCid: publishMessage(info),
    bytesSent: info.DataTransfer?.Transferred ?? 0,
    proposal: {
      proposalCid: info.ProposalCid,
      provider: info.Provider,
      pieceCid: info.PieceCID ?? info.DataRef?.PieceCid ?? null,
      root: info.DataRef?.Root ?? null,
      size: info.Size,
      pricePerEpoch: String(info.PricePerEpoch),
      duration: info.Duration,
      verified: info.Verified,
      createdAt: info.CreationTime,
      transferId: info.TransferChannelID ? String(info.TransferChannelID.ID) : null,
    },
  };
}

function phaseOf(info: WireDealInfo): DealStatus['phase'] {
  const { phase } = lotusDealState(info.State);
  if (phase === 'failed') return info.DealID === 0n && REFUSAL.test(info.Message) ? 'rejected' : 'failed';
  if (phase === 'active' || phase === 'rejected' || phase === 'published') return phase;
  if (info.DealID > 0n) return 'published';
  return phase === 'accepted' && (info.DataTransfer?.Transferred ?? 0) > 0 ? 'transferring' : phase;
}

function publishMessage(info: WireDealInfo): string | null {
  for (const stage of info.DealStages?.Stages ?? []) {
    for (const { Log } of stage.Logs ?? []) {
      const cid = PUBLISH_MESSAGE.exec(Log)?.[1];
      if (cid !== undefined) return cid;
    }
  }
  return null;
}
