import type { FileQuery, FileSort } from './use-files';

const SORTS: readonly FileSort[] = ['added', 'name', 'size'];

/** The query of a page's address; what it does not know is left out. */
export function readFileQuery(address: URLSearchParams): FileQuery {
  const sort = SORTS.find((one) => one === address.get('sort')) ?? 'added';
  const order = address.get('order') === 'asc' ? 'asc' : address.get('order') === 'desc' ? 'desc' : usual(sort);
  return { search: address.get('search') ?? '', sort, order };
}

/** The same as parts of an address, without what goes without saying. */
export function writeFileQuery({ search, sort, order }: FileQuery): Record<string, string> {
  return {
    ...(search === '' ? {} : { search }),
    ...(sort === 'added' && order === 'desc' ? {} : { sort, order }),
  };
}

/** A column's usual order the first time, the other one the second time. */
export function sortedBy(query: FileQuery, sort: FileSort): FileQuery {
  const order = query.sort === sort ? (query.order === 'asc' ? 'desc' : 'asc') : usual(sort);
  return { ...query, sort, order };
}

/** Names from a on, the newest and the largest first. */
function usual(sort: FileSort): 'asc' | 'desc' {
  return sort === 'name' ? 'asc' : 'desc';
}
