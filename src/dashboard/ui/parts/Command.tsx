import { Button } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';

/** A line for a shell, to be copied. */
export function Command({ text, about }: { text: string; about: string }) {
  const { copy, copied } = useClipboard({ timeout: 1_500 });
  return (
    <div style={{ marginBottom: 12 }}>
      <div className="quiet" style={{ fontSize: 13, marginBottom: 4 }}>
        {about}
      </div>
      <div className="command">
        <code tabIndex={0}>{text}</code>
        <Button size="compact-xs" variant="default" onClick={() => copy(text)} aria-label={`Copy: ${about}`}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </div>
  );
}
