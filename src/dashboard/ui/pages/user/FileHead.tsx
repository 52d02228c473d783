import classes from './FileList.module.css';
import type { FileQuery, FileSort } from './use-files';

export interface FileHeadProps {
  sort: FileSort;
  label: string;
  query: FileQuery;
  onSort: (sort: FileSort) => void;
  number?: boolean;
}

/** The head of a column by which the platform can sort. */
export function FileHead({ sort, label, query, onSort, number = false }: FileHeadProps) {
  const here = query.sort === sort;
  const order = query.order === 'asc' ? 'ascending' : 'descending';
  return (
    <span role="columnheader" className={number ? classes.number : undefined} aria-sort={here ? order : 'none'}>
      <button type="button" className="sorter" onClick={() => onSort(sort)}>
        {label}
        <span aria-hidden> {here ? (query.order === 'asc' ? '↑' : '↓') : ''}</span>
      </button>
    </span>
  );
}
