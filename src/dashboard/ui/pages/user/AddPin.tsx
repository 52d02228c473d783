import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ask } from '../../api/client';
import { pinningHeaders } from '../../api/pins-key';
import type { Pin } from '../../api/types';
import { Failure } from '../../parts/Failure';

/** Asks the platform to fetch a CID from the network and keep it. */
export function AddPin({ onAdded }: { onAdded: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const add = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    const name = String(said.get('name'));
    setBusy(true);
    setError(null);
    try {
      await ask<Pin>('/pinning/pins', {
        method: 'POST',
        headers: await pinningHeaders(),
        body: { cid: String(said.get('cid')).trim(), ...(name === '' ? {} : { name }) },
      });
      form.reset();
      onAdded();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void add(event.currentTarget);
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap={8}>
        <TextInput
          name="cid"
          label="CID"
          classNames={{ input: 'mono' }}
          placeholder="bafybei… or Qm…"
          style={{ flex: '2 1 240px' }}
          required
          spellCheck={false}
        />
        <TextInput name="name" label="Name" style={{ flex: '1 1 140px' }} />
        <Button type="submit" loading={busy}>
          Pin
        </Button>
      </Group>
      {error !== null && <Failure error={error} />}
    </form>
  );
}
