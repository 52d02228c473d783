export interface BarSeries {
  name: string;
  /** A CSS colour of the theme. */
  ink: string;
}

export interface BarsProps {
  series: readonly BarSeries[];
  /** One column each, oldest first; values in the order of `series`, stacked from below. */
  columns: readonly { label: string; values: readonly number[] }[];
  /** How a value reads. */
  format: (value: number) => string;
  /** What the chart shows, in words. */
  about: string;
}

const HEIGHT = 140;
const WIDTH = 600;
/** One column alone is no wall. */
const FEWEST = 24;

/** Stacked columns from zero, with their largest value and both ends of time written beside them. */
export function Bars({ series, columns, format, about }: BarsProps) {
  const sums = columns.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const most = Math.max(1, ...sums);
  const step = WIDTH / Math.max(columns.length, FEWEST);
  return (
    <figure style={{ margin: 0 }}>
      <Legend series={series} most={format(Math.max(0, ...sums))} />
      <svg
        className="chart"
        role="img"
        aria-label={about}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        height={HEIGHT}
        preserveAspectRatio="none"
      >
        <path d={`M0 ${HEIGHT}H${WIDTH}`} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
        {columns.map(({ label, values }, at) => (
          <g key={label}>
            <title>{`${label}: ${series.map(({ name }, which) => `${name} ${format(values[which] ?? 0)}`).join(', ')}`}</title>
            {values.map((value, which) => {
              const below = values.slice(0, which).reduce((sum, one) => sum + one, 0);
              const height = (value / most) * (HEIGHT - 4);
              return (
                <rect
                  key={which}
                  x={at * step + step * 0.12}
                  width={step * 0.76}
                  y={HEIGHT - ((below + value) / most) * (HEIGHT - 4)}
                  height={height}
                  fill={series[which]?.ink}
                />
              );
            })}
          </g>
        ))}
      </svg>
      <figcaption
        className="quiet"
        style={{ display: 'flex', justifyContent: 'space-between', fontSize: 12, marginTop: 4 }}
      >
        <span>{columns[0]?.label}</span>
        {columns.length > 1 && <span>{columns.at(-1)?.label}</span>}
      </figcaption>
    </figure>
  );
}

function Legend({ series, most }: { series: readonly BarSeries[]; most: string }) {
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '4px 16px', fontSize: 12, marginBottom: 8 }}>
      {series.map(({ name, ink }) => (
        <span key={name}>
          <span
            aria-hidden
            style={{ display: 'inline-block', width: 10, height: 10, background: ink, marginRight: 6 }}
          />
          {name}
        </span>
      ))}
      <span className="quiet">highest {most}</span>
    </div>
  );
}
