import { Tooltip } from '@mantine/core';
import { exactTime, relativeTime } from '../format/time';
import { useNow } from './useNow';

/** A time as seen from now, exact on hover. */
export function Ago({ at }: { at: string | null | undefined }) {
  const now = useNow();
  if (at === null || at === undefined) return <span className="quiet">–</span>;
  return (
    <Tooltip label={exactTime(at)}>
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {relativeTime(at, now)}
      </time>
    </Tooltip>
  );
}
