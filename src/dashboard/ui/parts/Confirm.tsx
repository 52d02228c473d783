import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { Failure } from './Failure';

export interface ConfirmProps {
  /** Shown as long as this is true. */
  opened: boolean;
  onClose: () => void;
  title: string;
  /** What will happen, naming the thing, and whether it can be undone. */
  children: ReactNode;
  /** The verb on the button. */
  verb: string;
  /** A reason is asked for, and handed on. */
  asksReason?: boolean;
  act: (reason: string) => Promise<unknown>;
}

/** Asks before what cannot be undone. Stays open, with the cause, when it is refused. */
export function Confirm({ opened, onClose, title, children, verb, asksReason = false, act }: ConfirmProps) {
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async () => {
    setBusy(true);
    setError(null);
    try {
      await act(reason);
      setReason('');
      onClose();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title}>
      <div style={{ marginBottom: 16 }}>{children}</div>
      {asksReason && (
        <TextInput
          label="Reason, shown to everybody"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          mb={16}
          data-autofocus
        />
      )}
      {error !== null && <Failure error={error} />}
      <Group justify="flex-end" gap={8}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button color="red.8" loading={busy} disabled={asksReason && reason.trim() === ''} onClick={() => void run()}>
          {verb}
        </Button>
      </Group>
    </Modal>
  );
}
