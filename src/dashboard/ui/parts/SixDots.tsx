import { Tooltip } from '@mantine/core';
import { useId } from 'react';
import { sayStates, type SlotState } from './slots';

/** One dot for each slot of a content: state is a shape, and said in words. */
export function SixDots({ states, size = 12 }: { states: readonly SlotState[]; size?: number }) {
  const words = sayStates(states);
  const step = size + 4;
  return (
    <Tooltip label={words}>
      <svg
        role="img"
        aria-label={words}
        width={Math.max(1, states.length) * step}
        height={size + 2}
        style={{ verticalAlign: 'middle', flexShrink: 0 }}
      >
        {states.map((state, at) => (
          <Dot key={at} state={state} x={at * step + size / 2 + 1} y={size / 2 + 1} r={size / 2 - 1} />
        ))}
      </svg>
    </Tooltip>
  );
}

function Dot({ state, x, y, r }: { state: SlotState; x: number; y: number; r: number }) {
  const hatch = useId();
  const ring = { cx: x, cy: y, r, strokeWidth: 1.5 };
  switch (state) {
    case 'empty':
      return <circle {...ring} fill="none" stroke="var(--quiet)" opacity={0.6} />;
    case 'moving':
      return (
        <g stroke="var(--accent)">
          <circle {...ring} fill="none" />
          <path d={`M${x} ${y - r}a${r} ${r} 0 0 0 0 ${2 * r}z`} fill="var(--accent)" stroke="none" />
        </g>
      );
    case 'active':
      return <circle {...ring} fill="var(--accent)" stroke="var(--accent)" />;
    case 'failed':
      return (
        <g stroke="var(--bad)" strokeWidth={1.5}>
          <circle cx={x} cy={y} r={r} fill="none" />
          <path d={`M${x - r * 0.5} ${y - r * 0.5}l${r} ${r}m0 ${-r}l${-r} ${r}`} />
        </g>
      );
    case 'expiring':
      return (
        <g stroke="var(--attention)">
          <pattern id={hatch} width={3} height={3} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <path d="M0 0v3" strokeWidth={1.6} />
          </pattern>
          <circle {...ring} fill={`url(#${hatch})`} />
        </g>
      );
  }
}
