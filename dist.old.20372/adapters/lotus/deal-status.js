const state = (name, phase)=>({
        name: `StorageDeal${name}`,
        phase
    });
/**
 * Every state of a deal in Lotus (go-fil-markets `storagemarket/dealstatus.go`, the number is the index) in our words.
 * Client and miner share the list; "accepted" means that the miner wants the bytes, so what the client calls
 * ProposalAccepted (after the transfer) is read with the rest of the answer (`phaseOf`). What ends a published deal
 * (expired, slashed) is read from the chain; here it only must not look alive.
 */ export const lotusDealStates = [
    state('Unknown', 'proposed'),
    state('ProposalNotFound', 'failed'),
    state('ProposalRejected', 'rejected'),
    state('ProposalAccepted', 'accepted'),
    state('Staged', 'transferring'),
    state('Sealing', 'published'),
    state('Finalizing', 'published'),
    state('Active', 'active'),
    state('Expired', 'active'),
    state('Slashed', 'failed'),
    state('Rejecting', 'rejected'),
    state('Failing', 'failed'),
    state('FundsReserved', 'proposed'),
    state('CheckForAcceptance', 'transferring'),
    state('Validating', 'proposed'),
    state('AcceptWait', 'accepted'),
    state('StartDataTransfer', 'accepted'),
    state('Transferring', 'transferring'),
    state('WaitingForData', 'accepted'),
    state('VerifyData', 'transferring'),
    state('ReserveProviderFunds', 'transferring'),
    state('ReserveClientFunds', 'proposed'),
    state('ProviderFunding', 'transferring'),
    state('ClientFunding', 'proposed'),
    state('Publish', 'transferring'),
    state('Publishing', 'transferring'),
    state('Error', 'failed'),
    state('ProviderTransferAwaitRestart', 'transferring'),
    state('ClientTransferRestart', 'transferring'),
    state('AwaitingPreCommit', 'published'),
    state('TransferQueued', 'accepted')
];
/** A state that we do not know (a newer node) is no reason to give up a deal. */ function lotusDealState(number) {
    return lotusDealStates[number] ?? {
        name: `state ${number}`,
        phase: 'proposed'
    };
}
/** Miners' refusals reach the client as an error whose text says so. */ const REFUSAL = /\breject|\brefus/i;
/** The client writes the publish message into its log of the deal and nowhere else. */ const PUBLISH_MESSAGE = /publish message cid: <?(baf[a-z2-7]+)>?/;
/** Lotus' answer about a deal in our words. */ export function dealStatus(info) {
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
            transferId: info.TransferChannelID ? String(info.TransferChannelID.ID) : null
        }
    };
}
function phaseOf(info) {
    const { phase } = lotusDealState(info.State);
    if (phase === 'failed') return info.DealID === 0n && REFUSAL.test(info.Message) ? 'rejected' : 'failed';
    if (phase === 'active' || phase === 'rejected' || phase === 'published') return phase;
    if (info.DealID > 0n) return 'published';
    return phase === 'accepted' && (info.DataTransfer?.Transferred ?? 0) > 0 ? 'transferring' : phase;
}
function publishMessage(info) {
    for (const stage of info.DealStages?.Stages ?? []){
        for (const { Log } of stage.Logs ?? []){
            const cid = PUBLISH_MESSAGE.exec(Log)?.[1];
            if (cid !== undefined) return cid;
        }
    }
    return null;
}

//# sourceMappingURL=deal-status.js.map
