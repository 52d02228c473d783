import { useMemo, useState } from 'react';

export interface Sorting<T> {
  sorted: readonly T[];
  by: string;
  down: boolean;
  sortBy: (name: string) => void;
}

/** Rows in the order of a column; a second time turns it round. What has no value comes last either way. */
export function useSorted<T>(
  rows: readonly T[],
  columns: Readonly<Record<string, (row: T) => number | string | null | undefined>>,
  first: string,
): Sorting<T> {
  const [{ by, down }, setOrder] = useState({ by: first, down: true });
  const sorted = useMemo(() => {
    const value = columns[by];
    if (value === undefined) return rows;
    return [...rows].sort((one, other) => compare(value(one), value(other), down));
  }, [rows, columns, by, down]);
  return { sorted, by, down, sortBy: (name) => setOrder({ by: name, down: name === by ? !down : true }) };
}

function compare(one: number | string | null | undefined, other: number | string | null | undefined, down: boolean) {
  if (one === null || one === undefined) return other === null || other === undefined ? 0 : 1;
  if (other === null || other === undefined) return -1;
  const order =
    typeof one === 'string' || typeof other === 'string' ? String(one).localeCompare(String(other)) : one - other;
  return down ? -order : order;
}
