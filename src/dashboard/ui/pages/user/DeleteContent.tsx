import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../../api/client';
import type { Content } from '../../api/types';
import { formatBytes } from '../../format/bytes';
import { Confirm } from '../../parts/Confirm';

/** Takes a content back, after saying what that means. */
export function DeleteContent({ content }: { content: Content }) {
  const [asking, setAsking] = useState(false);
  const [, go] = useLocation();
  const queries = useQueryClient();
  const act = async () => {
    await ask(`/content/${content.id}`, { method: 'DELETE' });
    queries.removeQueries({ queryKey: ['/content/status', String(content.id)] });
    await queries.invalidateQueries({ queryKey: ['/content/contents'] });
    go('/app/files');
  };
  return (
    <>
      <Button variant="outline" color="red" c="var(--bad)" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={`Delete ${content.name || content.cid}`}
        verb="Delete"
        act={act}
      >
        <p>
          {formatBytes(content.size)} leave your account and this node; links to it stop working. Deals with miners run
          until they end, but are not renewed. This cannot be undone: to have it again, upload it again.
        </p>
      </Confirm>
    </>
  );
}
