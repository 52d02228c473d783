import type { Percentiles } from '../api/miner-types';

export interface BandLine {
  name: string;
  values: Percentiles;
}

/** Where most of what was measured lies: a bar from p10 to p90, a line at p50, all lines on one scale from zero. */
export function Bands({ lines, format }: { lines: readonly BandLine[]; format: (value: number) => string }) {
  const most = Math.max(1, ...lines.map(({ values }) => values?.p95 ?? 0));
  const at = (value: number) => (value / most) * 100;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Measured</th>
          <th className="number">Times</th>
          <th className="number">Median</th>
          <th className="number">p10 to p90</th>
          <th style={{ width: '40%' }}>
            <span className="skip">Chart</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {lines.map(({ name, values }) => (
          <tr key={name}>
            <td>{name}</td>
            <td className="number" data-label="times">
              {values?.count ?? 0}
            </td>
            <td className="number" data-label="median">
              {values ? format(values.p50) : '–'}
            </td>
            <td className="number" data-label="p10 to p90">
              {values ? `${format(values.p10)} to ${format(values.p90)}` : '–'}
            </td>
            <td style={{ flex: '1 1 100%' }}>
              {values && (
                <svg className="chart" viewBox="0 0 100 8" height={12} preserveAspectRatio="none" aria-hidden>
                  <rect width={100} height={8} fill="var(--raised)" />
                  <rect
                    x={at(values.p10)}
                    width={Math.max(0.5, at(values.p90 - values.p10))}
                    height={8}
                    fill="var(--chart-2)"
                  />
                  <rect x={at(values.p50)} width={0.6} height={8} fill="var(--ink)" />
                </svg>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
