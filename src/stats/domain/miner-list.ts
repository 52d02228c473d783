/** What a miner is to us now: deals are made, an operator or a rule forbids it, the breaker pauses it, it is silent. */
export const MINER_STATES = ['active', 'suspended', 'paused', 'silent'] as const;
export type MinerState = (typeof MINER_STATES)[number];

/** What the table can be sorted by. */
export const SORTS = [
  'addr',
  'name',
  'state',
  'score',
  'activeDeals',
  'dealCount',
  'acceptRate',
  'publishMs',
  'sealMs',
  'retrievalSuccessRate',
  'firstByteMs',
  'throughput',
  'price',
  'faults',
  'failures',
  'bytesIn',
  'bytesOut',
] as const;
export type Sort = (typeof SORTS)[number];

/** One row, as far as sorting and filtering go. Null: not known. */
export interface Listed {
  addr: string;
  name: string;
  state: MinerState;
  region: string | null;
  protocols: readonly string[];
  /** attoFIL per GiB per epoch; null: never told. */
  price: bigint | null;
  sortable: Readonly<Record<Exclude<Sort, 'addr' | 'name' | 'state' | 'price'>, number | null>>;
}

export interface ListQuery {
  sort: Sort;
  order: 'asc' | 'desc';
  state?: MinerState | undefined;
  region?: string | undefined;
  protocol?: string | undefined;
  maxPrice?: bigint | undefined;
  /** Part of the address or the name. */
  search?: string | undefined;
  limit?: number | undefined;
  after?: Cursor | undefined;
}

/** The last row of a page: what it was sorted by, and who it was. */
export interface Cursor {
  value: string | null;
  addr: string;
}

/**
 * Filters, sorts and pages; what is not known comes last in either order, equals in the order of addresses. A page goes
 * on behind the value and the address of the last row, not behind a number of rows: rows that come or go meanwhile
 * neither repeat nor hide others. Pure.
 */
export function pageOf<Row extends Listed>(
  rows: readonly Row[],
  query: ListQuery,
): { rows: Row[]; next: Cursor | null } {
  const { sort, limit, after } = query;
  const compare = comparison(query);
  const found = rows
    .filter((row) => matches(row, query))
    .map((row) => ({ row, at: { value: valueOf(row, sort), addr: row.addr } }))
    .sort((a, b) => compare(a.at, b.at));
  const cursor = after && { value: parsed(after.value, sort), addr: after.addr };
  const rest = cursor ? found.filter(({ at }) => compare(at, cursor) > 0) : found;
  const page = limit === undefined ? rest : rest.slice(0, limit);
  const last = page.at(-1);
  const next =
    last && page.length < rest.length
      ? { value: last.at.value === null ? null : String(last.at.value), addr: last.at.addr }
      : null;
  return { rows: page.map(({ row }) => row), next };
}

type Value = string | number | bigint | null;

function matches(row: Listed, { state, region, protocol, maxPrice, search }: ListQuery): boolean {
  const wanted = search?.toLowerCase();
  return (
    (state === undefined || row.state === state) &&
    (region === undefined || row.region === region) &&
    (protocol === undefined || row.protocols.includes(protocol)) &&
    (maxPrice === undefined || (row.price !== null && row.price <= maxPrice)) &&
    (wanted === undefined || row.addr.toLowerCase().includes(wanted) || row.name.toLowerCase().includes(wanted))
  );
}

function valueOf(row: Listed, sort: Sort): Value {
  if (sort === 'addr' || sort === 'name' || sort === 'state' || sort === 'price') return row[sort];
  return row.sortable[sort];
}

/** A cursor that somebody made up is compared as nothing known. */
function parsed(value: string | null, sort: Sort): Value {
  if (value === null || sort === 'addr' || sort === 'name' || sort === 'state') return value;
  if (sort === 'price') return /^\d{1,40}$/.test(value) ? BigInt(value) : null;
  return Number.isFinite(Number(value)) ? Number(value) : null;
}

function comparison({ order }: ListQuery) {
  const sign = order === 'asc' ? 1 : -1;
  return (a: { value: Value; addr: string }, b: { value: Value; addr: string }): number => {
    if (a.value !== b.value) {
      if (a.value === null) return 1;
      if (b.value === null) return -1;
      if (a.value !== b.value) return a.value < b.value ? -sign : sign;
    }
    return a.addr === b.addr ? 0 : a.addr < b.addr ? -1 : 1;
  };
}
