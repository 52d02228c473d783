import { Button, Group, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ask } from '../../api/client';
import type { ApiKey } from '../../api/types';
import { useViewer } from '../../api/viewer';
import { Failure } from '../../parts/Failure';

/** A new key; it can do no more than the account. */
export function CreateKey({ onMade }: { onMade: (key: ApiKey) => void }) {
  const viewer = useViewer();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const make = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    setBusy(true);
    setError(null);
    try {
      const query = {
        label: String(said.get('label')),
        perms: String(said.get('scope')),
        expiry: String(said.get('expiry')),
      };
      onMade(await ask<ApiKey>('/user/api-keys', { method: 'POST', query }));
      form.reset();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void make(event.currentTarget);
  };
  const scopes = ['upload', 'user', ...(viewer?.scope === 'admin' ? ['admin'] : [])];
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap={8}>
        <TextInput name="label" label="Label" placeholder="laptop" style={{ flex: '1 1 160px' }} />
        <NativeSelect
          name="scope"
          label="May"
          data={scopes.map((value) => ({ value, label: SCOPES[value] ?? value }))}
          defaultValue="user"
        />
        <NativeSelect
          name="expiry"
          label="Works for"
          data={[
            { value: '720h', label: '30 days' },
            { value: '168h', label: '7 days' },
            { value: '8760h', label: 'a year' },
            { value: 'false', label: 'ever' },
          ]}
        />
        <Button type="submit" loading={busy}>
          Make a key
        </Button>
      </Group>
      {error !== null && <Failure error={error} />}
    </form>
  );
}

const SCOPES: Record<string, string> = {
  upload: 'only upload',
  user: 'all of your account',
  admin: 'operate the platform',
};
