import { nodeFaultFrom } from './node-fault.js';

/** Where in the life of a deal it went wrong: Estuary's phases, kept so that their meaning carries over. */
/** `dfe_records.phase` of Estuary (estuary.md 2.4). */
export type FailurePhase =
  | 'deal-protocol-version'
  | 'miner-search'
  | 'query-ask'
  | 'send-proposal'
  | 'propose'
  | 'start-data-transfer'
  | 'data-transfer'
  | 'data-transfer-remote'
  | 'check-status'
  | 'check-chain-deal'
  | 'fault';

/** Why. `permanent` ones say that this miner will not take this piece however often it is asked. */
export const failureReasons = {
  /** No connection to it. */
  'miner-unreachable': { permanent: false },
  /** It has our proposal and says nothing. */
  'miner-silent': { permanent: false },
  /** No, without a reason that we know. */
  'miner-refused': { permanent: false },
  /** No, to these terms: price, size of the piece, or what it takes at all. */
  'refused-price': { permanent: true },
  'refused-size': { permanent: true },
  'refused-policy': { permanent: true },
  /** The proposal itself is not in order: no miner would take it. */
  'refused-terms': { permanent: true },
  /** The client node makes no deals. */
  'protocol-unsupported': { permanent: false },
  /** Bytes stopped coming; or the transfer broke. */
  'transfer-stalled': { permanent: false },
  'transfer-failed': { permanent: false },
  /** It computed another commP over what it received. */
  'commp-mismatch': { permanent: false },
  /** It has the bytes, and the deal does not come on chain. */
  'publish-failed': { permanent: false },
  'start-epoch-passed': { permanent: false },
  /** The client node knows nothing of the proposal any more. */
  'proposal-forgotten': { permanent: false },
  /** The chain does not know the deal that was named; or the deal there is about something else. */
  'chain-deal-missing': { permanent: false },
  'chain-deal-mismatch': { permanent: true },
  /** The chain took the miner's collateral: the sector is gone. */
  slashed: { permanent: false },
  /** Our doing: nobody wants the piece any more. */
  'piece-retired': { permanent: false },
  'deal-error': { permanent: false },
  /** Our own node or wallet: domain/node-fault.ts. Never charged to the miner. */
  'wallet-funds': { permanent: false, ours: true },
  'wallet-datacap': { permanent: false, ours: true },
  'wallet-locked': { permanent: false, ours: true },
  'wallet-key-missing': { permanent: false, ours: true },
  'file-not-visible': { permanent: false, ours: true },
  'token-refused': { permanent: false, ours: true },
  /** The piece does not fit into this miner's sectors: not its fault, and another may have larger ones. */
  'sector-size': { permanent: true, ours: true },
  /** Nobody could name what went wrong, several times in a row. */
  'unknown-error': { permanent: false, ours: true },
} as const;
/** Kept as text in the rows and shown in the API: a name is never changed. */
export type FailureReason = keyof typeof failureReasons;

/** The operator's own doing: it says nothing about the miner. */
export function isOurs(reason: FailureReason): boolean {
  return 'ours' in failureReasons[reason];
}

/** The same of a reason as rows and events have it, which may be one of an older release. */
export function isOurFailure(reason: string): boolean {
  return reason in failureReasons && isOurs(reason as FailureReason);
}

/** How a deal is said to have gone wrong. */
export interface DealFailure {
  phase: FailurePhase;
  reason: FailureReason;
  /** The words of whoever reported it. */
  message: string;
}

const WORDS: readonly [RegExp, FailureReason][] = [
  [/comm ?p|piece ?cid|piece commitment/i, 'commp-mismatch'],
  [/duration|out of bounds|collateral/i, 'refused-terms'],
  [/price|cheap|below ask/i, 'refused-price'],
  [/piece size|too (small|large|big)|size/i, 'refused-size'],
  [/not accepting|blocklist|denied|deny|policy|filter|considering/i, 'refused-policy'],
  [/unreachable|dial|refused the connection|no route|econn|offline|timed? ?out/i, 'miner-unreachable'],
  [/stalled|no progress/i, 'transfer-stalled'],
  [/transfer|stream|disconnect|reset/i, 'transfer-failed'],
  [/publish/i, 'publish-failed'],
  [/start epoch|expired|too late/i, 'start-epoch-passed'],
  [/slash/i, 'slashed'],
];

/** The typed reason behind a miner's or a node's own words. */
export function reasonFrom(words: string, otherwise: FailureReason): FailureReason {
  const ours = nodeFaultFrom(words);
  if (ours !== null && ours in failureReasons) return ours as FailureReason;
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? otherwise;
}
