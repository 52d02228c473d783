import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { ApiError, ask } from '../../api/client';
import { storeKey } from '../../api/session';
import { signIn, useForget } from '../../api/viewer';
import { Failure } from '../../parts/Failure';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';

/** By name and password, or by an API key that this tab alone remembers. */
export default function SignIn() {
  return (
    <div style={{ maxWidth: 420 }}>
      <PageHead
        title="Sign in"
        sentence={
          <>
            No account yet?{' '}
            <Anchor component={Link} href="/join" underline="always">
              Register with an invite
            </Anchor>
            .
          </>
        }
      />
      <PasswordForm />
      <Section title="Or with an API key">
        <KeyForm />
      </Section>
    </div>
  );
}

/** Runs a way in; on success to the files. */
function useEntry() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const forget = useForget();
  const [, go] = useLocation();
  const enter = async (way: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await way();
      await forget();
      go('/app/files');
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, enter };
}

function PasswordForm() {
  const { busy, error, enter } = useEntry();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    void enter(() => signIn(String(form.get('username')), String(form.get('password'))));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <TextInput name="username" label="Name" autoComplete="username" required />
        <PasswordInput name="password" label="Password" autoComplete="current-password" required />
        {error !== null && <Failure error={error} />}
        <Button type="submit" loading={busy}>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}

function KeyForm() {
  const { busy, error, enter } = useEntry();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get('key')).trim();
    void enter(async () => {
      storeKey(key);
      try {
        await ask('/viewer');
      } catch (failure) {
        storeKey(null);
        if (failure instanceof ApiError && failure.status === 401)
          throw new ApiError(401, failure.reason, 'This key is unknown, revoked or expired.', failure.requestId);
        throw failure;
      }
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap={12}>
        <PasswordInput
          name="key"
          label="API key"
          description="Kept in this tab until it is closed. The operator's first key stands in the file admin.key of the data folder."
          placeholder="EST…ARY"
          autoComplete="off"
          required
        />
        {error !== null && <Failure error={error} />}
        <Button type="submit" variant="default" loading={busy}>
          Sign in with the key
        </Button>
      </Stack>
    </form>
  );
}
