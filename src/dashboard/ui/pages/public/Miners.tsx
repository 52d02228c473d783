import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Miner } from '../../api/miner-types';
import { useAsk } from '../../api/use-ask';
import { formatCount } from '../../format/fil';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { useSorted } from '../../parts/useSorted';
import { CompareMiners } from './CompareMiners';
import { minerColumns, minersAsCsv, minerState } from './miner-columns';
import { MinersTable } from './MinersTable';
import { saveText } from './save-json';

const MOST_COMPARED = 4;
const NONE: readonly Miner[] = [];

/** Every miner that the platform knows, and how it stands with it. */
export default function Miners() {
  const miners = useAsk<Miner[]>('/public/miners', { anonymous: true }, { every: 15_000 });
  const [state, setState] = useState('all');
  const [text, setText] = useState('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const all = miners.data ?? NONE;
  const shown = useMemo(
    () =>
      all.filter(
        (miner) =>
          (state === 'all' || minerState(miner) === state) &&
          `${miner.addr} ${miner.name}`.toLowerCase().includes(text.trim().toLowerCase()),
      ),
    [all, state, text],
  );
  const sorting = useSorted(shown, minerColumns, 'active');
  const toggle = (addr: string) =>
    setChosen(chosen.includes(addr) ? chosen.filter((one) => one !== addr) : [...chosen, addr].slice(-MOST_COMPARED));
  return (
    <>
      <PageHead title="Miners" sentence={miners.data && sentence(all)}>
        <Button
          variant="default"
          size="xs"
          onClick={() => saveText('miners.csv', minersAsCsv(sorting.sorted), 'text/csv')}
        >
          CSV
        </Button>
      </PageHead>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: 8, marginBottom: 12 }}>
        <TextInput
          size="xs"
          aria-label="Filter by miner or name"
          placeholder="Filter"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <SegmentedControl
          size="xs"
          data={['all', 'in use', 'known', 'paused', 'suspended']}
          value={state}
          onChange={setState}
          aria-label="State"
        />
      </div>
      {chosen.length >= 2 && <CompareMiners addresses={chosen} onClose={() => setChosen([])} />}
      {miners.isPending && <Loading rows={10} />}
      {miners.error !== null && <Failure error={miners.error} again={() => void miners.refetch()} />}
      {miners.data && shown.length === 0 && (
        <Empty title={all.length === 0 ? 'No miner is known yet' : 'No miner fits this filter'}>
          {all.length === 0
            ? 'Miners appear a minute after the first start, when the chain was asked.'
            : 'Choose another state, or clear the filter.'}
        </Empty>
      )}
      {shown.length > 0 && <MinersTable sorting={sorting} chosen={chosen} onToggle={toggle} />}
    </>
  );
}

function sentence(miners: readonly Miner[]): string {
  const states = miners.map(minerState);
  const count = (state: string) => states.filter((one) => one === state).length;
  const stopped = count('suspended') + count('paused');
  return `${formatCount(miners.length)} miners known, ${count('in use')} in use${stopped > 0 ? `, ${stopped} suspended or paused` : ''}.`;
}
