export interface FailureLine {
  phase: string;
  reason: string;
  count: number;
  /** `ours`: our node, wallet or disk; it says nothing about the miner. */
  fault?: 'ours' | 'theirs';
}

/** Failures by phase and reason, ours apart from theirs, the most frequent first, each bar from zero. */
export function FailureBars({ failures }: { failures: readonly FailureLine[] }) {
  if (failures.length === 0) return <p className="quiet">None.</p>;
  const most = Math.max(...failures.map(({ count }) => count));
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Reason</th>
          <th>Whose</th>
          <th>Phase</th>
          <th className="number">Times</th>
          <th style={{ width: '40%' }}>
            <span className="skip">Share</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {failures.map(({ phase, reason, count, fault }) => (
          <tr key={`${phase} ${reason}`}>
            <td>{reason}</td>
            <td data-label="whose">{fault ?? '–'}</td>
            <td data-label="phase">{phase}</td>
            <td className="number" data-label="times">
              {count}
            </td>
            <td style={{ flex: '1 1 100%' }}>
              <svg className="chart" viewBox="0 0 100 8" height={10} preserveAspectRatio="none" aria-hidden>
                <rect width={(count / most) * 100} height={8} fill="var(--chart-bad)" />
              </svg>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
