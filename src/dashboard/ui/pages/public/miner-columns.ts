import type { Miner } from '../../api/miner-types';

/** In the order of a column; prices of attoFIL are compared as numbers, which is exact enough for sorting. */
export const minerColumns: Readonly<Record<string, (miner: Miner) => number | string | null>> = {
  miner: ({ addr }) => addr,
  name: ({ name }) => name,
  score: ({ score }) => score ?? null,
  accepted: ({ figures }) => figures?.acceptRate ?? null,
  publish: ({ figures }) => figures?.publishMs?.p50 ?? null,
  seal: ({ figures }) => figures?.sealMs?.p50 ?? null,
  retrieved: ({ figures }) => figures?.retrievalSuccessRate ?? null,
  firstByte: ({ figures }) => figures?.firstByteMs?.p50 ?? null,
  failures: ({ figures }) => figures?.failures ?? null,
  active: ({ activeDeals }) => activeDeals,
  deals: ({ dealCount }) => dealCount,
  share: (miner) => activeShare(miner),
  price: ({ ask }) => (ask === null ? null : Number(ask.price)),
  verified: ({ ask }) => (ask?.verifiedPrice ? Number(ask.verifiedPrice) : null),
};

/** Deals that are active, of all that were ever made with the miner; null without any. */
export function activeShare({ dealCount, activeDeals }: Miner): number | null {
  return dealCount === 0 ? null : activeDeals / dealCount;
}

/** `suspended` by an operator or a rule; `paused` for a while; `in use` where deals were made; else `known`. */
export function minerState({ suspended, pausedUntil, dealCount }: Miner): string {
  if (suspended) return 'suspended';
  if (pausedUntil !== null) return 'paused';
  return dealCount > 0 ? 'in use' : 'known';
}

/** Rows for a spreadsheet (RFC 4180). A cell that a spreadsheet would take for a formula is quoted as text. */
export function minersAsCsv(miners: readonly Miner[]): string {
  const rows = miners.map((miner) => [
    miner.addr,
    miner.name,
    minerState(miner),
    miner.score ?? '',
    miner.activeDeals,
    miner.dealCount,
    miner.ask?.price ?? '',
    miner.ask?.verifiedPrice ?? '',
    miner.suspendedReason,
  ]);
  const head = ['miner', 'name', 'state', 'score', 'active deals', 'deals', 'price', 'verified price', 'reason'];
  return [head, ...rows].map((cells) => cells.map(csvCell).join(',')).join('\r\n');
}

function csvCell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
