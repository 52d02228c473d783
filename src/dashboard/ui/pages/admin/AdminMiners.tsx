import { Button, Group } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { ask } from '../../api/client';
import { useAsk } from '../../api/use-ask';
import { formatCount, formatFil, formatShare } from '../../format/fil';
import { Confirm } from '../../parts/Confirm';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { AddMiner } from './AddMiner';
import type { AdminMiner } from './types';

/** Whom the platform deals with: add, suspend with a reason, take back. */
export default function AdminMiners() {
  const miners = useAsk<AdminMiner[]>('/admin/miners', {}, { every: 10_000 });
  const [suspending, setSuspending] = useState<AdminMiner | null>(null);
  const [error, setError] = useState<unknown>(null);
  const queries = useQueryClient();
  const again = () =>
    queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).includes('miners') });
  const lift = ({ addr }: AdminMiner) =>
    ask(`/admin/miners/unsuspend/${addr}`, { method: 'PUT' })
      .then(again)
      .catch((failure: unknown) => setError(failure));
  const suspended = (miners.data ?? []).filter((miner) => miner.suspended).length;
  return (
    <>
      <PageHead
        title="Manage miners"
        sentence={
          miners.data &&
          `${formatCount(miners.data.length)} miners, ${suspended} suspended. New deals avoid a suspended miner; its deals stay.`
        }
      />
      <AddMiner onAdded={() => void again()} />
      {error !== null && <Failure error={error} />}
      {miners.error !== null && <Failure error={miners.error} again={() => void miners.refetch()} />}
      {miners.isPending && <Loading rows={8} />}
      {miners.data !== undefined && (
        <MinerRows miners={miners.data} onSuspend={setSuspending} onLift={(miner) => void lift(miner)} />
      )}
      <Confirm
        opened={suspending !== null}
        onClose={() => setSuspending(null)}
        title={`Suspend ${suspending?.addr ?? ''}`}
        verb="Suspend"
        asksReason
        act={(reason) =>
          ask(`/admin/miners/suspend/${suspending?.addr ?? ''}`, { method: 'POST', body: { reason } }).then(again)
        }
      >
        <p>No new deals are made with it until you take this back. Deals that live stay as they are.</p>
      </Confirm>
    </>
  );
}

interface RowsProps {
  miners: readonly AdminMiner[];
  onSuspend: (miner: AdminMiner) => void;
  onLift: (miner: AdminMiner) => void;
}

function MinerRows({ miners, onSuspend, onLift }: RowsProps) {
  return (
    <table className="rows" style={{ marginTop: 16 }}>
      <thead>
        <tr>
          <th>Miner</th>
          <th>State</th>
          <th className="number">Success</th>
          <th>Breaker</th>
          <th className="number">Ask per GiB and epoch</th>
          <th>
            <span className="skip">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {miners.map((miner) => (
          <tr key={miner.addr} data-row>
            <td>
              <Link href={`/network/miners/${miner.addr}`} style={{ color: 'var(--accent)' }}>
                <span className="mono">{miner.addr}</span> {miner.name}
              </Link>
            </td>
            <td className={miner.suspended ? 'bad' : 'good'}>
              {miner.suspended ? `suspended: ${miner.suspendedReason}` : 'open'}
            </td>
            <td className="number" data-label="success">
              {formatShare(miner.success?.share)}
            </td>
            <td data-label="breaker">{miner.breaker.state}</td>
            <td className="number" data-label="ask">
              {miner.askError ?? formatFil(miner.ask?.price)}
            </td>
            <td>
              <Group gap={8} justify="flex-end">
                {miner.suspended ? (
                  <Button size="compact-xs" variant="default" onClick={() => onLift(miner)}>
                    Take back
                  </Button>
                ) : (
                  <Button size="compact-xs" variant="default" onClick={() => onSuspend(miner)}>
                    Suspend
                  </Button>
                )}
              </Group>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
