import type { Sorting } from './useSorted';

export interface SortHeadProps<T> {
  name: string;
  label: string;
  sorting: Sorting<T>;
  number?: boolean;
}

/** The head of a column that sorts its rows. */
export function SortHead<T>({ name, label, sorting, number = false }: SortHeadProps<T>) {
  const here = sorting.by === name;
  return (
    <th
      className={number ? 'number' : undefined}
      aria-sort={here ? (sorting.down ? 'descending' : 'ascending') : 'none'}
    >
      <button type="button" className="sorter" onClick={() => sorting.sortBy(name)}>
        {label}
        <span aria-hidden> {here ? (sorting.down ? '↓' : '↑') : ''}</span>
      </button>
    </th>
  );
}
