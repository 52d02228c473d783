/**
 * Where a fault was met: at the reservation, at the proposal, in what became of a deal, when looking at deals, when
 * computing commP, or when retrieving what miners hold.
 */
export type FaultStage = 'reserve' | 'propose' | 'deal' | 'track' | 'commp' | 'retrieve';

interface FaultKind {
  /** What an operator reads and does about it. */
  about: string;
  /** So many in a row without a success between stop deals; null: never. By stage, where it makes a difference. */
  pausesAfter: Partial<Record<FaultStage, number>>;
  /** Stops verified deals only. */
  verifiedOnly?: true;
}

/** Our own node said so itself; or three deals ended so: a miner alone cannot stop us with its words. */
const FROM_OUR_NODE = { reserve: 1, propose: 1, deal: 3 };
/** Met by asking the node, for the wallet's funds or for a deal. */
const ASKING_IT = { reserve: 1, propose: 1 };

/** What can be wrong with the operator's own node, wallet and disk. None of it is ever charged to a miner. */
export const nodeFaults = {
  'wallet-funds': { about: 'the wallet cannot pay: send FIL to it', pausesAfter: FROM_OUR_NODE },
  'wallet-datacap': { about: 'too little DataCap for verified deals', pausesAfter: FROM_OUR_NODE, verifiedOnly: true },
  'wallet-locked': { about: 'the wallet is locked: unlock it at the node', pausesAfter: FROM_OUR_NODE },
  'wallet-key-missing': { about: "the node has no key for its wallet's address", pausesAfter: FROM_OUR_NODE },
  'file-not-visible': {
    about: 'the node does not see our CAR files under the same paths: mount TIDEWATER_DATA/cars there',
    pausesAfter: FROM_OUR_NODE,
  },
  'token-refused': {
    about: 'the node refuses LOTUS_API_TOKEN, or the token may not do this',
    pausesAfter: ASKING_IT,
  },
  'node-lagging': { about: 'the head of the node is old: it is not in sync', pausesAfter: ASKING_IT },
  'node-unavailable': { about: 'the node does not answer', pausesAfter: ASKING_IT },
  'protocol-unsupported': {
    about: 'the client node cannot make deals or retrievals (Lotus since v1.27.1)',
    pausesAfter: { propose: 1 },
  },
  /** Another miner's sectors may be larger, so nothing stops. */
  'sector-size': { about: "a piece does not fit into a miner's sector", pausesAfter: {} },
  /** What is on its way to this node waits; deals over what is here go on. */
  'disk-full': { about: 'there is no room left on this node: make some', pausesAfter: {} },
  'disk-failing': { about: 'our disk does not take what is written: read the words', pausesAfter: {} },
  /** One piece waits, the others go on. */
  'file-unreadable': { about: 'a CAR of ours is missing, short or cannot be read: look at the disk', pausesAfter: {} },
  unknown: { about: 'an error that has no name yet: read its words', pausesAfter: { reserve: 12, propose: 12 } },
} as const satisfies Record<string, FaultKind>;
/** Kept as text in the rows and shown to operators: a name is never changed. */
export type NodeFaultName = keyof typeof nodeFaults;

/** Whether so many in a row at this stage stop deals. */
export function stopsDeals(fault: NodeFaultName, stage: FaultStage, count: number): boolean {
  const after = (nodeFaults[fault].pausesAfter as Partial<Record<FaultStage, number>>)[stage];
  return after !== undefined && count >= after;
}

/** Whether the fault concerns deals of this kind. */
export function concerns(fault: NodeFaultName, verified: boolean): boolean {
  return verified || !('verifiedOnly' in nodeFaults[fault]);
}

/** A miner's own purse: it pays for publishing and puts up collateral. */
const MINERS_PURSE = /publish|provider|pre-?commit/i;
const WORDS: readonly [RegExp, NodeFaultName][] = [
  [/fit in (a|the) sector|(greater|larger|bigger) than (the )?sector|exceeds (the )?sector/i, 'sector-size'],
  [/data ?cap|not a verified client|verifreg/i, 'wallet-datacap'],
  [/clientMarketBalance/i, 'wallet-funds'],
  [/wallet (is |was )?locked|locked wallet|unlock|passphrase/i, 'wallet-locked'],
  [
    /key not found|exist in wallet|is not in this node|params\.Wallet|addr(ess)? from wallet|failed to sign/i,
    'wallet-key-missing',
  ],
  [
    /no such file|permission denied|no CARv2 file path|blockstore for root|root CID in blockstore|no (local )?import with/i,
    'file-not-visible',
  ],
  [/missing permission to invoke|token (is )?(expired|invalid)|invalid token/i, 'token-refused'],
];
const FUNDS =
  /adding market funds|(reserv|add|ensur)\w* (client |market )*(funds|escrow)|(insufficient|not enough) (funds|balance)/i;

/** The fault of ours behind a node's or a miner's words; null: none that we know. Lotus has one code for everything. */
export function nodeFaultFrom(words: string): NodeFaultName | null {
  const known = WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (known !== undefined) return known;
  return FUNDS.test(words) && !MINERS_PURSE.test(words) ? 'wallet-funds' : null;
}
