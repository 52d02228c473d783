export interface WaterfallStep {
  name: string;
  /** What it was counted from, in words: `41 of 43 accepted`. */
  evidence: string;
  /** From 0 to 1. */
  bound: number;
  weight: number;
  /** Points that it adds to the score. */
  contribution: number;
}

/** How a score adds up: one bar per dimension, each beginning where the one above ended, with its evidence. */
export function Waterfall({ steps, total }: { steps: readonly WaterfallStep[]; total: number }) {
  const possible = Math.max(total, ...[steps.reduce((sum, { weight }) => sum + weight * 100, 0)], 1);
  let below = 0;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Dimension</th>
          <th>Evidence</th>
          <th className="number">Lower bound</th>
          <th className="number">Weight</th>
          <th className="number">Points</th>
          <th style={{ width: '28%' }}>Adds up to</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(({ name, evidence, bound, weight, contribution }) => {
          const from = below;
          below += contribution;
          return (
            <tr key={name}>
              <td>{name}</td>
              <td className="quiet">{evidence}</td>
              <td className="number" data-label="lower bound">
                {bound.toFixed(2)}
              </td>
              <td className="number" data-label="weight">
                {weight.toFixed(2)}
              </td>
              <td className="number" data-label="points">
                {contribution.toFixed(1)}
              </td>
              <td style={{ flex: '1 1 100%' }}>
                <svg className="chart" viewBox="0 0 100 8" height={12} preserveAspectRatio="none" aria-hidden>
                  <rect width={100} height={8} fill="var(--raised)" />
                  <rect x={(from / possible) * 100} width={(weight * 10000) / possible} height={8} fill="var(--line)" />
                  <rect
                    x={(from / possible) * 100}
                    width={(contribution / possible) * 100}
                    height={8}
                    fill="var(--chart-1)"
                  />
                </svg>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
