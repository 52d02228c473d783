import { Group, Title } from '@mantine/core';
import { useEffect, type ReactNode } from 'react';

export interface PageHeadProps {
  title: string;
  /** The answer, in one sentence. */
  sentence?: ReactNode;
  /** Buttons at the right. */
  children?: ReactNode;
}

/** How every page begins: its name, then one sentence that answers, then what can be done. */
export function PageHead({ title, sentence, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Tidewater`;
  }, [title]);
  return (
    <Group justify="space-between" align="flex-start" mb={20} gap={12}>
      <div style={{ minWidth: 0, flex: '1 1 320px' }}>
        <Title order={1} style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        <p style={{ margin: '4px 0 0', minHeight: 22 }}>{sentence}</p>
      </div>
      <Group gap={8}>{children}</Group>
    </Group>
  );
}
