/** Where in the life of a deal it went wrong: Estuary's phases, kept so that their meaning carries over. */
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
  'miner-unreachable': { permanent: false },
  'miner-silent': { permanent: false },
  'miner-refused': { permanent: false },
  'refused-price': { permanent: true },
  'refused-size': { permanent: true },
  'refused-policy': { permanent: true },
  /** The proposal itself is not in order: no miner would take it. */
  'refused-terms': { permanent: true },
  'protocol-unsupported': { permanent: false },
  'transfer-stalled': { permanent: false },
  'transfer-failed': { permanent: false },
  'commp-mismatch': { permanent: false },
  'publish-failed': { permanent: false },
  'start-epoch-passed': { permanent: false },
  'proposal-forgotten': { permanent: false },
  'chain-deal-missing': { permanent: false },
  'chain-deal-mismatch': { permanent: true },
  slashed: { permanent: false },
  'piece-retired': { permanent: false },
  'deal-error': { permanent: false },
} as const;
export type FailureReason = keyof typeof failureReasons;

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
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? otherwise;
}
