import { Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { shortId } from '../format/ids';

/** An id by head and tail; a click copies all of it. */
export function Id({ value, whole = false }: { value: string | number | null | undefined; whole?: boolean }) {
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  if (value === null || value === undefined || value === '') return <span className="quiet">–</span>;
  const text = String(value);
  const shown = whole ? text : shortId(text);
  return (
    <Tooltip label={copied ? 'Copied' : whole ? 'Copy' : `${text} (click to copy)`} multiline maw="90vw">
      <button
        type="button"
        className="copyable mono"
        style={{ overflowWrap: 'anywhere' }}
        onClick={() => copy(text)}
        aria-label={`${shown}, ${copied ? 'copied' : 'copy'}`}
      >
        {shown}
      </button>
    </Tooltip>
  );
}
