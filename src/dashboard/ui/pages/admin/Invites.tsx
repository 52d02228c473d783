import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import { useAsk } from '../../api/use-ask';
import { Ago } from '../../parts/Ago';
import { Command } from '../../parts/Command';
import { Failure } from '../../parts/Failure';
import type { Invite } from './types';

/** Codes by which people register, each once. */
export function Invites() {
  const invites = useAsk<Invite[]>('/admin/invites', {}, { every: 15_000 });
  const queries = useQueryClient();
  const [made, setMade] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const again = () => queries.invalidateQueries({ queryKey: ['/admin/invites'] });
  const run = (work: Promise<unknown>) => {
    setError(null);
    work.then(again).catch((failure: unknown) => setError(failure));
  };
  const make = () => run(ask<{ code: string }>('/admin/invite', { method: 'POST' }).then(({ code }) => setMade(code)));
  const revoke = (code: string) => run(ask(`/admin/invite/${encodeURIComponent(code)}`, { method: 'DELETE' }));
  return (
    <>
      <Button variant="default" mb={12} onClick={make}>
        Make an invite
      </Button>
      {made !== null && (
        <Command
          about="Send this address; it works once"
          text={`${location.origin}/join?invite=${encodeURIComponent(made)}`}
        />
      )}
      {error !== null && <Failure error={error} />}
      {invites.error !== null && <Failure error={invites.error} />}
      {invites.data !== undefined && <InviteTable invites={invites.data} onRevoke={revoke} />}
    </>
  );
}

function InviteTable({ invites, onRevoke }: { invites: readonly Invite[]; onRevoke: (code: string) => void }) {
  if (invites.length === 0) return <p className="quiet">No invite was made yet.</p>;
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Code</th>
          <th>Made by</th>
          <th>Made</th>
          <th>Used by</th>
          <th>
            <span className="skip">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {invites.map((invite) => (
          <tr key={invite.id} data-row>
            <td className="mono">{invite.code}</td>
            <td data-label="by">{invite.createdBy}</td>
            <td>
              <Ago at={invite.createdAt} />
            </td>
            <td data-label="used by">{invite.revokedAt === null ? invite.claimedBy || 'nobody yet' : 'taken back'}</td>
            <td className="number">
              {invite.claimedAt === null && invite.revokedAt === null && (
                <Button size="compact-xs" variant="default" onClick={() => onRevoke(invite.code)}>
                  Take back
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
