import { Button, Group, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { ask } from '../../api/client';
import { Failure } from '../../parts/Failure';

/** Makes a miner known; the chain is asked at once. */
export function AddMiner({ onAdded }: { onAdded: () => void }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const add = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    setBusy(true);
    setError(null);
    try {
      const miner = encodeURIComponent(String(said.get('miner')).trim());
      await ask(`/admin/miners/add/${miner}`, { method: 'POST', query: { name: String(said.get('name')) } });
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
        <TextInput name="miner" label="Miner" placeholder="f01234" classNames={{ input: 'mono' }} required />
        <TextInput name="name" label="Name" />
        <Button type="submit" variant="default" loading={busy}>
          Add
        </Button>
      </Group>
      {error !== null && <Failure error={error} />}
    </form>
  );
}
