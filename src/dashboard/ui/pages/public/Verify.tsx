import { Button, Group, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useLocation, useParams } from 'wouter';
import type { PublicContent } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Proof } from './Proof';

/** Anybody asks with a CID, and sees who stores it, with the deals. Works by its address alone. */
export default function Verify() {
  const { cid = '' } = useParams<{ cid?: string }>();
  const asked = decodeURIComponent(cid);
  const found = useAsk<PublicContent[]>(
    `/public/by-cid/${encodeURIComponent(asked)}`,
    { anonymous: true },
    { enabled: asked !== '', every: 5_000 },
  );
  const content = asked === '' ? undefined : found.data?.[0];
  return (
    <>
      <PageHead title="Verify a CID" sentence="Where is it stored, and who can prove it? Everybody may ask." />
      <CidForm key={asked} asked={asked} />
      {asked !== '' && found.error !== null && <Failure error={found.error} />}
      {asked !== '' && found.isPending && <Loading />}
      {asked !== '' && found.error === null && found.data?.length === 0 && <Unknown cid={asked} />}
      {content !== undefined && found.error === null && <Proof found={content} asked={asked} />}
    </>
  );
}

function CidForm({ asked }: { asked: string }) {
  const [text, setText] = useState(asked);
  const [, go] = useLocation();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        go(text.trim() === '' ? '/verify' : `/verify/${encodeURIComponent(text.trim())}`);
      }}
    >
      <Group gap={8} align="flex-end" mb={24}>
        <TextInput
          label="CID"
          placeholder="bafybei… or Qm…"
          classNames={{ input: 'mono' }}
          style={{ flex: '1 1 280px' }}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          spellCheck={false}
          autoComplete="off"
        />
        <Button type="submit">Verify</Button>
      </Group>
    </form>
  );
}

function Unknown({ cid }: { cid: string }) {
  return (
    <div role="status">
      <p style={{ fontSize: 18, fontWeight: 600, margin: '0 0 8px' }}>This platform does not store this CID.</p>
      <p className="quiet">
        It may be stored elsewhere, or be a part of a larger file: deals are listed by the CID that an upload or a pin
        gave. A CID names exact bytes: one changed byte, or another way of chunking, gives another CID.
      </p>
      <p className="mono quiet" style={{ overflowWrap: 'anywhere' }}>
        {cid}
      </p>
    </div>
  );
}
