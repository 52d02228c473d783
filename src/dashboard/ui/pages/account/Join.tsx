import { Anchor, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { Link, useLocation } from 'wouter';
import { ask } from '../../api/client';
import { signIn, useForget } from '../../api/viewer';
import { Failure } from '../../parts/Failure';
import { PageHead } from '../../parts/PageHead';

/** A new account, with an invite of an operator. */
export default function Join() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const forget = useForget();
  const [, go] = useLocation();
  const register = async (form: FormData) => {
    setBusy(true);
    setError(null);
    const [username, password] = [String(form.get('username')), String(form.get('password'))];
    try {
      const body = { username, password, inviteCode: form.get('invite') };
      const { token } = await ask<{ token: string }>('/register', { method: 'POST', body, anonymous: true });
      // The answer is a bearer token for programs; this browser has a session of its own.
      await ask('/logout', { method: 'POST', headers: { authorization: `Bearer ${token}` } });
      await signIn(username, password);
      await forget();
      go('/app/upload');
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void register(new FormData(event.currentTarget));
  };
  return (
    <div style={{ maxWidth: 420 }}>
      <PageHead
        title="Register"
        sentence={
          <>
            You have an account?{' '}
            <Anchor component={Link} href="/sign-in" underline="always">
              Sign in
            </Anchor>
            .
          </>
        }
      />
      <form onSubmit={submit}>
        <Stack gap={12}>
          <TextInput
            name="invite"
            label="Invite"
            description="A code that an operator of this platform gave you"
            defaultValue={new URLSearchParams(location.search).get('invite') ?? ''}
            required
          />
          <TextInput name="username" label="Name" autoComplete="username" required />
          <PasswordInput name="password" label="Password" autoComplete="new-password" required />
          {error !== null && <Failure error={error} />}
          <Button type="submit" loading={busy}>
            Register
          </Button>
        </Stack>
      </form>
    </div>
  );
}
