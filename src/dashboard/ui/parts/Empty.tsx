import { Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing here yet, and the next step. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="drop">
      <Title order={2}>{title}</Title>
      <div className="quiet" style={{ marginTop: 8 }}>
        {children}
      </div>
    </div>
  );
}
