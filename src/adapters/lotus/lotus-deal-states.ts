import type { DealStatus } from '../../deals/index.js';

interface LotusState {
  name: string;
  phase: DealStatus['phase'];
}

const state = (name: string, phase: DealStatus['phase']): LotusState => ({ name: `StorageDeal${name}`, phase });

/**
 * Every state of a deal in Lotus (go-fil-markets `storagemarket/dealstatus.go`, the number is the index) in our words. Client and miner share the
 * list; "accepted" means that the miner wants the bytes, so what the client calls ProposalAccepted (after the transfer) is read with the rest of the
 * answer, see deal-status.ts. What ends a published deal (expired, slashed) is read from the chain; here it only must not look alive.
 */
export const lotusDealStates: readonly LotusState[] = [
  state('Unknown', 'proposed'), // 0
  state('ProposalNotFound', 'failed'),
  state('ProposalRejected', 'rejected'),
  state('ProposalAccepted', 'accepted'),
  state('Staged', 'transferring'),
  state('Sealing', 'published'), // 5
  state('Finalizing', 'published'),
  state('Active', 'active'),
  state('Expired', 'active'),
  state('Slashed', 'failed'),
  state('Rejecting', 'rejected'), // 10
  state('Failing', 'failed'),
  state('FundsReserved', 'proposed'),
  state('CheckForAcceptance', 'transferring'),
  state('Validating', 'proposed'),
  state('AcceptWait', 'accepted'), // 15
  state('StartDataTransfer', 'accepted'),
  state('Transferring', 'transferring'),
  state('WaitingForData', 'accepted'),
  state('VerifyData', 'transferring'),
  state('ReserveProviderFunds', 'transferring'), // 20
  state('ReserveClientFunds', 'proposed'),
  state('ProviderFunding', 'transferring'),
  state('ClientFunding', 'proposed'),
  state('Publish', 'transferring'),
  state('Publishing', 'transferring'), // 25
  state('Error', 'failed'),
  state('ProviderTransferAwaitRestart', 'transferring'),
  state('ClientTransferRestart', 'transferring'),
  state('AwaitingPreCommit', 'published'),
  state('TransferQueued', 'accepted'), // 30
];

/** A state that we do not know (a newer node) is no reason to give up a deal. */
export function lotusDealState(number: number): LotusState {
  return lotusDealStates[number] ?? { name: `state ${number}`, phase: 'proposed' };
}
