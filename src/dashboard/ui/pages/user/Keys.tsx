import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import type { ApiKey } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { Ago } from '../../parts/Ago';
import { Confirm } from '../../parts/Confirm';
import { Failure } from '../../parts/Failure';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { CreateKey } from './CreateKey';
import { NewKey } from './NewKey';

/** API keys of this account: make, copy once, revoke. */
export default function Keys() {
  const keys = useAsk<ApiKey[]>('/user/api-keys', {}, { every: 15_000 });
  const [made, setMade] = useState<ApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const queries = useQueryClient();
  const again = () => queries.invalidateQueries({ queryKey: ['/user/api-keys'] });
  return (
    <>
      <PageHead title="Keys" sentence="Programs use keys. A key is shown once; only its hash is kept." />
      <CreateKey
        onMade={(key) => {
          setMade(key);
          void again();
        }}
      />
      {made !== null && <NewKey made={made} />}
      {keys.error !== null && <Failure error={keys.error} again={() => void keys.refetch()} />}
      {keys.isPending && <Loading rows={3} />}
      {keys.data !== undefined && <KeyTable keys={keys.data} onRevoke={setRevoking} />}
      <Confirm
        opened={revoking !== null}
        onClose={() => setRevoking(null)}
        title={`Revoke ${revoking?.label || 'this key'}`}
        verb="Revoke"
        act={() => ask(`/user/api-keys/${encodeURIComponent(revoking?.id ?? '')}`, { method: 'DELETE' }).then(again)}
      >
        <p>
          Whatever uses this key is refused within a second, this page too if it is signed in by it. It cannot be
          undone.
        </p>
      </Confirm>
    </>
  );
}

function KeyTable({ keys, onRevoke }: { keys: readonly ApiKey[]; onRevoke: (key: ApiKey) => void }) {
  return (
    <table className="rows" style={{ marginTop: 24 }}>
      <thead>
        <tr>
          <th>Label</th>
          <th>Scope</th>
          <th>Made</th>
          <th>Last used</th>
          <th>Expires</th>
          <th>Id</th>
          <th>
            <span className="skip">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {keys.map((key) => (
          <tr key={key.id} data-row>
            <td>{key.label || <span className="quiet">without a label</span>}</td>
            <td>{key.isSession ? 'session' : key.scope}</td>
            <td data-label="made">
              <Ago at={key.createdAt} />
            </td>
            <td data-label="used">{key.lastUsedAt === null ? 'never' : <Ago at={key.lastUsedAt} />}</td>
            <td data-label="expires">{key.expiry === null ? 'never' : <Ago at={key.expiry} />}</td>
            <td>
              <Id value={key.id} />
            </td>
            <td className="number">
              <Button size="compact-xs" variant="default" onClick={() => onRevoke(key)}>
                Revoke
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
