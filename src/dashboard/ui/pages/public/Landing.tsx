import { Button, Group, TextInput, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { PublicStats } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { useViewer } from '../../api/viewer';
import { formatBytes } from '../../format/bytes';
import { formatCount } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Command } from '../../parts/Command';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { Section } from '../../parts/Section';
import { SixDots } from '../../parts/SixDots';

/** What this is, what it holds now, and how to try it. */
export function Landing() {
  const viewer = useViewer();
  const stats = useAsk<PublicStats>('/public/stats', { anonymous: true }, { every: 5_000 });
  useEffect(() => {
    document.title = 'Tidewater: files that six miners keep, with proof';
  }, []);
  return (
    <>
      <Group gap={12} mb={8}>
        <SixDots states={['active', 'active', 'active', 'active', 'active', 'active']} size={16} />
      </Group>
      <Title order={1} style={{ fontSize: 30, maxWidth: 720 }}>
        Upload a file. Six miners keep it. You see the proof.
      </Title>
      <p style={{ maxWidth: 640, fontSize: 16 }}>
        Tidewater takes files and IPFS pins, makes six Filecoin deals with six different miners for each of them,
        repairs what breaks, and serves everything by its CID.
      </p>
      <Group gap={8} mb={32}>
        <Button component={Link} href={viewer ? '/app/upload' : '/sign-in'}>
          {viewer ? 'Upload' : 'Sign in'}
        </Button>
        <Button component="a" href="/docs" variant="default">
          Read the API
        </Button>
      </Group>
      <VerifyBox />
      <Section
        title="Right now"
        aside={
          <span className="quiet">
            counted <Ago at={stats.data?.asOf} />
          </span>
        }
      >
        {stats.error !== null && stats.data === undefined ? (
          <Failure error={stats.error} again={() => void stats.refetch()} />
        ) : (
          <LiveNumbers stats={stats.data} />
        )}
      </Section>
      <Section title="Try it from a shell">
        <Command
          about="Upload; the answer holds the CID"
          text={`curl -X PUT -H "Authorization: Bearer $KEY" --data-binary @photo.jpg "${location.origin}/content/add?filename=photo.jpg"`}
        />
        <Command
          about="Read it back, from here or any IPFS gateway"
          text={`curl ${location.origin}/ipfs/$CID -o photo.jpg`}
        />
      </Section>
    </>
  );
}

function VerifyBox() {
  const [cid, setCid] = useState('');
  const [, go] = useLocation();
  return (
    <form
      className="card"
      onSubmit={(event) => {
        event.preventDefault();
        if (cid.trim() !== '') go(`/verify/${encodeURIComponent(cid.trim())}`);
      }}
    >
      <Group align="flex-end" gap={8}>
        <TextInput
          style={{ flex: '1 1 240px' }}
          label="Is my data safe? Ask with its CID; no account needed"
          placeholder="bafybei…"
          value={cid}
          onChange={(event) => setCid(event.currentTarget.value)}
          classNames={{ input: 'mono' }}
          spellCheck={false}
        />
        <Button type="submit" variant="default">
          Verify
        </Button>
      </Group>
    </form>
  );
}

function LiveNumbers({ stats }: { stats: PublicStats | undefined }) {
  return (
    <Figures
      lines={[
        { label: 'Files stored', value: formatCount(stats?.totalFilesStored) },
        { label: 'Bytes stored', value: formatBytes(stats?.totalStorage) },
        { label: 'Deals active', value: formatCount(stats?.dealsActive), href: '/network' },
        { label: 'Deals on chain', value: formatCount(stats?.dealsOnChain), href: '/network' },
        { label: 'Miners known', value: formatCount(stats?.totalStorageMiner), href: '/network/miners' },
        { label: 'Bytes served', value: formatBytes(stats?.bytesOut), href: '/network' },
      ]}
    />
  );
}
