import { Alert } from '@mantine/core';
import type { ApiKey } from '../../api/types';
import { Command } from '../../parts/Command';

/** A key that was just made, with lines that use it. It is in this page's memory alone. */
export function NewKey({ made }: { made: ApiKey }) {
  const upload = `${location.origin}/content/add?filename=photo.jpg`;
  return (
    <Alert mt={16} variant="outline" title="Copy it now: it is not shown again">
      <Command about="The key" text={made.token} />
      <Command
        about="Upload with it"
        text={`curl -X PUT -H "Authorization: Bearer ${made.token}" --data-binary @photo.jpg "${upload}"`}
      />
      <Command
        about="Tell an IPFS node about this pinning service"
        text={`ipfs pin remote service add tidewater ${location.origin}/pinning ${made.token}`}
      />
      <Command about="Pin with it" text="ipfs pin remote add --service=tidewater --name=photos $CID" />
    </Alert>
  );
}
