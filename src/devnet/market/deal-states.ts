/** Numbers and names of Lotus' storagemarket states (go-fil-markets `dealstatus.go`). */
export const dealStates = [
  'StorageDealUnknown',
  'StorageDealProposalNotFound',
  'StorageDealProposalRejected',
  'StorageDealProposalAccepted',
  'StorageDealStaged',
  'StorageDealSealing',
  'StorageDealFinalizing',
  'StorageDealActive',
  'StorageDealExpired',
  'StorageDealSlashed',
  'StorageDealRejecting',
  'StorageDealFailing',
  'StorageDealFundsReserved',
  'StorageDealCheckForAcceptance',
  'StorageDealValidating',
  'StorageDealAcceptWait',
  'StorageDealStartDataTransfer',
  'StorageDealTransferring',
  'StorageDealWaitingForData',
  'StorageDealVerifyData',
  'StorageDealReserveProviderFunds',
  'StorageDealReserveClientFunds',
  'StorageDealProviderFunding',
  'StorageDealClientFunding',
  'StorageDealPublish',
  'StorageDealPublishing',
  'StorageDealError',
  'StorageDealProviderTransferAwaitRestart',
  'StorageDealClientTransferRestart',
  'StorageDealAwaitingPreCommit',
  'StorageDealTransferQueued',
] as const;

/** The states that a client's deal takes here, by number. */
export const State = {
  ProposalAccepted: 3,
  Sealing: 5,
  Active: 7,
  Expired: 8,
  Slashed: 9,
  Failing: 11,
  FundsReserved: 12,
  CheckForAcceptance: 13,
  StartDataTransfer: 16,
  Transferring: 17,
  ReserveClientFunds: 21,
  Error: 26,
  AwaitingPreCommit: 29,
} as const;
/** The numbers that a client of Lotus sees. */
export type DealState = (typeof State)[keyof typeof State];

/** The only transitions of a client's deal: the client state machine of go-fil-markets, without its funding detour. */
export const dealTransitions: Record<DealState, readonly DealState[]> = {
  [State.ReserveClientFunds]: [State.FundsReserved, State.Failing],
  [State.FundsReserved]: [State.StartDataTransfer, State.Failing, State.Error],
  [State.StartDataTransfer]: [State.Transferring, State.Failing],
  [State.Transferring]: [State.CheckForAcceptance, State.Failing],
  [State.CheckForAcceptance]: [State.ProposalAccepted, State.Failing],
  [State.ProposalAccepted]: [State.AwaitingPreCommit, State.Error],
  [State.AwaitingPreCommit]: [State.Sealing, State.Error],
  [State.Sealing]: [State.Active, State.Error],
  [State.Active]: [State.Expired, State.Slashed],
  [State.Failing]: [State.Error],
  [State.Error]: [],
  [State.Expired]: [],
  [State.Slashed]: [],
};

/** Texts of DealStages. */
export const stateDescriptions: Record<DealState, string> = {
  [State.ReserveClientFunds]: 'Reserving client funds for the deal',
  [State.FundsReserved]: 'Funds reserved, proposing the deal to the miner',
  [State.StartDataTransfer]: 'The miner wants the data, opening the transfer',
  [State.Transferring]: 'The miner pulls the data',
  [State.CheckForAcceptance]: 'Waiting for the miner to verify and publish the deal',
  [State.ProposalAccepted]: 'The deal is published on chain',
  [State.AwaitingPreCommit]: 'Waiting for the sector to be pre-committed',
  [State.Sealing]: 'The miner seals the sector',
  [State.Active]: 'The deal is active and proven on chain',
  [State.Failing]: 'The deal fails',
  [State.Error]: 'The deal failed',
  [State.Expired]: 'The deal ended as agreed',
  [State.Slashed]: 'The miner lost the data and was slashed',
};

/** `StorageDealUnknown` for a number that go-fil-markets does not have. */
export function stateName(state: number): string {
  return dealStates[state] ?? 'StorageDealUnknown';
}

/** Whether nothing can happen to it any more. */
export function isOver(state: DealState): boolean {
  return dealTransitions[state].length === 0;
}
