/** The course of one number, without axes: for rows. Zero-based. */
export function Sparkline({ values, label, width = 72, height = 20 }: SparklineProps) {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const points = values.map((value, at) => `${at * step},${height - 1 - (value / most) * (height - 2)}`);
  return (
    <svg role="img" aria-label={label} width={width} height={height} style={{ overflow: 'visible' }}>
      <polyline points={points.join(' ')} fill="none" stroke="var(--chart-1)" strokeWidth={1.5} />
    </svg>
  );
}

export interface SparklineProps {
  values: readonly number[];
  /** What it shows, in words. */
  label: string;
  width?: number;
  height?: number;
}
