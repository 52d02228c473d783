import type { ReactNode } from 'react';
import { Link } from 'wouter';

export interface FigureLine {
  label: string;
  value: ReactNode;
  /** The page with the rows that were counted. */
  href?: string;
  /** In words, below. */
  note?: ReactNode;
}

/** Numbers side by side, each leading to what it was counted from. */
export function Figures({ lines }: { lines: readonly FigureLine[] }) {
  return (
    <dl className="figures" style={{ margin: 0 }}>
      {lines.map(({ label, value, href, note }) => (
        <div className="figure" key={label}>
          <dt>{label}</dt>
          <dd>{href === undefined ? value : <Link href={href}>{value}</Link>}</dd>
          {note !== undefined && (
            <dd className="quiet" style={{ fontSize: 12, fontWeight: 400 }}>
              {note}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
