import { Button, Group, Title } from '@mantine/core';
import { Link } from 'wouter';

const WORDS = {
  'signed-out': {
    title: 'Sign in to see this page',
    text: 'Files, pins and keys belong to accounts. The public pages are open to everybody.',
  },
  'not-admin': {
    title: 'This page is for operators',
    text: 'Your account works, but it is no admin of this platform. Ask its operator, or sign in as another account.',
  },
} as const;

/** Why a page does not open, and where to go from here. */
export function Refused({ why }: { why: keyof typeof WORDS }) {
  return (
    <>
      <Title order={1}>{WORDS[why].title}</Title>
      <p>{WORDS[why].text}</p>
      <Group gap={8}>
        <Button component={Link} href="/sign-in">
          Sign in
        </Button>
        <Button component={Link} href="/verify" variant="default">
          Verify a CID
        </Button>
      </Group>
    </>
  );
}
