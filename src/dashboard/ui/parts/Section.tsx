import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of a page with its name. */
export function Section({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section style={{ marginTop: 32 }}>
      <Group justify="space-between" mb={8}>
        <Title order={2}>{title}</Title>
        {aside}
      </Group>
      {children}
    </section>
  );
}
