import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { Content } from '../../api/types';
import { FileHead } from './FileHead';
import { FileRow } from './FileRow';
import type { FileQuery, FileSort } from './use-files';
import classes from './FileList.module.css';

const ROW = 40;
const AHEAD = 12;

export interface FileListProps {
  files: readonly Content[];
  hasMore: boolean;
  /** Called when the end comes near. */
  onEnd: () => void;
  query: FileQuery;
  onSort: (sort: FileSort) => void;
}

/** Only the rows that can be seen exist, however many there are; the next page is read before its end is reached. */
export function FileList({ files, hasMore, onEnd, query, onSort }: FileListProps) {
  const place = useRef<HTMLDivElement>(null);
  const narrow = window.matchMedia('(max-width: 760px)').matches;
  const rows = useWindowVirtualizer({
    count: files.length,
    estimateSize: () => (narrow ? ROW + 24 : ROW),
    overscan: AHEAD,
    scrollMargin: place.current?.offsetTop ?? 0,
    getItemKey: (at) => files[at]?.id ?? at,
  });
  const items = rows.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= files.length - AHEAD) onEnd();
  }, [hasMore, last, files.length, onEnd]);
  return (
    <div role="table" aria-label="Files" aria-rowcount={hasMore ? -1 : files.length + 1}>
      <div role="row" className={`${classes.row} ${classes.head}`}>
        <FileHead sort="name" label="Name" query={query} onSort={onSort} />
        <FileHead sort="size" label="Size" query={query} onSort={onSort} number />
        <FileHead sort="added" label="Added" query={query} onSort={onSort} />
        <span role="columnheader">Deals</span>
        <span role="columnheader">Where</span>
        <span role="columnheader">CID</span>
      </div>
      <div ref={place} role="rowgroup" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, start, size, key }) => {
          const file = files[index];
          const top = start - rows.options.scrollMargin;
          return file === undefined ? null : (
            <div key={key} className={classes.place} style={{ height: size, transform: `translateY(${top}px)` }}>
              <FileRow file={file} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
