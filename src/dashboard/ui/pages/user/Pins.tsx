import { Button, Group, SegmentedControl } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../../api/client';
import type { Pin } from '../../api/types';
import { formatCount } from '../../format/fil';
import { pinningHeaders } from '../../api/pins-key';
import { Command } from '../../parts/Command';
import { Confirm } from '../../parts/Confirm';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { AddPin } from './AddPin';
import { PinTable } from './PinTable';

const PAGE = 50;
const STATES = { all: 'queued,pinning,pinned,failed', pinned: 'pinned', running: 'queued,pinning', failed: 'failed' };

/** Pins of this account, by the Pinning Service API. */
export default function Pins() {
  const [state, setState] = useState<keyof typeof STATES>('all');
  const [removing, setRemoving] = useState<Pin | null>(null);
  const queries = useQueryClient();
  const pins = useInfiniteQuery({
    queryKey: ['/pinning/pins', state],
    queryFn: async ({ pageParam, signal }) =>
      ask<{ count: number; results: Pin[] }>('/pinning/pins', {
        query: { status: STATES[state], limit: PAGE, before: pageParam },
        headers: await pinningHeaders(),
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.results.length < PAGE ? undefined : last.results.at(-1)?.created),
    refetchInterval: 5_000,
  });
  const again = () => queries.invalidateQueries({ queryKey: ['/pinning/pins'] });
  const shown = (pins.data?.pages ?? []).flatMap(({ results }) => results);
  const count = pins.data?.pages[0]?.count;
  return (
    <>
      <PageHead
        title="Pins"
        sentence={count === undefined ? undefined : `${formatCount(count)} pins${state === 'all' ? '' : ` ${state}`}.`}
      />
      <AddPin onAdded={() => void again()} />
      <Group my={16}>
        <SegmentedControl
          size="xs"
          aria-label="State"
          data={Object.keys(STATES)}
          value={state}
          onChange={(value) => setState(value as keyof typeof STATES)}
        />
      </Group>
      {pins.error !== null && <Failure error={pins.error} again={() => void pins.refetch()} />}
      {pins.isPending && <Loading />}
      {pins.data !== undefined && shown.length === 0 && <NoPins />}
      {shown.length > 0 && <PinTable pins={shown} onRemove={setRemoving} />}
      {pins.hasNextPage && (
        <Button mt={12} variant="default" loading={pins.isFetchingNextPage} onClick={() => void pins.fetchNextPage()}>
          More
        </Button>
      )}
      <Confirm
        opened={removing !== null}
        onClose={() => setRemoving(null)}
        title="Remove the pin"
        verb="Remove"
        act={() => remove(removing).then(again)}
      >
        <p>
          {removing?.pin.name ?? ''} <span className="mono">{removing?.pin.cid}</span> is no longer kept for you. Pin it
          again to have it back, as long as somebody has it.
        </p>
      </Confirm>
    </>
  );
}

async function remove(pin: Pin | null): Promise<void> {
  await ask(`/pinning/pins/${pin?.requestid ?? ''}`, { method: 'DELETE', headers: await pinningHeaders() });
}

function NoPins() {
  return (
    <Empty title="No pins here">
      <p>Add a CID above, or use your IPFS node:</p>
      <div style={{ textAlign: 'left', maxWidth: 760, margin: '0 auto' }}>
        <Command
          about="Tell your node about this service, once"
          text={`ipfs pin remote service add tidewater ${location.origin}/pinning $KEY`}
        />
        <Command about="Pin" text="ipfs pin remote add --service=tidewater --name=photos $CID" />
      </div>
    </Empty>
  );
}
