import { Link } from 'wouter';
import type { Content } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { Ago } from '../../parts/Ago';
import { Id } from '../../parts/Id';
import { ContentDots } from './ContentDots';
import classes from './FileList.module.css';

/** One file: its name leads to its page. */
export function FileRow({ file }: { file: Content }) {
  return (
    <div role="row" className={classes.row} data-row>
      <span role="cell" className={classes.name}>
        <Link href={`/app/content/${file.id}`} style={{ color: 'var(--accent)' }}>
          {file.name === '' ? file.cid : file.name}
        </Link>
      </span>
      <span role="cell" className={classes.number}>
        {formatBytes(file.size)}
      </span>
      <span role="cell">
        <Ago at={file.createdAt} />
      </span>
      <span role="cell">
        <ContentDots id={file.id} replication={file.replication} />
      </span>
      <span role="cell" className={classes.where}>
        {file.offloaded ? 'miners' : 'hot'}
      </span>
      <span role="cell" className={classes.cid}>
        <Id value={file.cid} />
      </span>
    </div>
  );
}
