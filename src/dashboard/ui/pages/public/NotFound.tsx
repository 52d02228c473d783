import { Button, Group } from '@mantine/core';
import { Link, useLocation } from 'wouter';
import { PageHead } from '../../parts/PageHead';

/** No page has this address. */
export default function NotFound() {
  const [path] = useLocation();
  return (
    <>
      <PageHead
        title="No such page"
        sentence={`Nothing stands at ${path}. The address may be mistyped, or of an older version.`}
      />
      <Group gap={8}>
        <Button component={Link} href="/">
          To the start
        </Button>
        <Button component={Link} href="/verify" variant="default">
          Verify a CID
        </Button>
      </Group>
    </>
  );
}
