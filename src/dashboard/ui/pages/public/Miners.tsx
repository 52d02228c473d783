import { Button, Checkbox, SegmentedControl, TextInput } from '@mantine/core';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Miner } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatCount, formatShare } from '../../format/fil';
import { Empty } from '../../parts/Empty';
import { Fil } from '../../parts/Fil';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { SortHead } from '../../parts/SortHead';
import { useSorted, type Sorting } from '../../parts/useSorted';
import { CompareMiners } from './CompareMiners';
import { activeShare, minerColumns, minersAsCsv, minerState } from './miner-columns';
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

interface TableProps {
  sorting: Sorting<Miner>;
  chosen: readonly string[];
  onToggle: (addr: string) => void;
}

function MinersTable({ sorting, chosen, onToggle }: TableProps) {
  const scored = sorting.sorted.some(({ score }) => typeof score === 'number');
  return (
    <table className="rows">
      <thead>
        <tr>
          <SortHead name="miner" label="Miner" sorting={sorting} />
          <th>State</th>
          {scored && <SortHead name="score" label="Score" sorting={sorting} number />}
          <SortHead name="active" label="Active deals" sorting={sorting} number />
          <SortHead name="deals" label="All deals" sorting={sorting} number />
          <SortHead name="share" label="Active of all" sorting={sorting} number />
          <SortHead name="price" label="Ask per GiB and epoch" sorting={sorting} number />
          <SortHead name="verified" label="Verified ask" sorting={sorting} number />
          <th>Compare</th>
        </tr>
      </thead>
      <tbody>
        {sorting.sorted.map((miner) => (
          <tr key={miner.addr} data-row>
            <td>
              <Link href={`/network/miners/${miner.addr}`} style={{ color: 'var(--accent)' }}>
                <span className="mono">{miner.addr}</span> {miner.name}
              </Link>
            </td>
            <td
              className={miner.suspended ? 'bad' : miner.pausedUntil === null ? undefined : 'attention'}
              title={miner.suspendedReason}
            >
              {minerState(miner)}
            </td>
            {scored && (
              <td className="number" data-label="score">
                {miner.score?.toFixed(1) ?? '–'}
              </td>
            )}
            <td className="number" data-label="active">
              {formatCount(miner.activeDeals)}
            </td>
            <td className="number" data-label="all">
              {formatCount(miner.dealCount)}
            </td>
            <td className="number" data-label="share">
              {formatShare(activeShare(miner))}
            </td>
            <td className="number" data-label="ask">
              <Fil atto={miner.ask?.price} />
            </td>
            <td className="number" data-label="verified">
              <Fil atto={miner.ask?.verifiedPrice} />
            </td>
            <td>
              <Checkbox
                size="xs"
                aria-label={`Compare ${miner.addr}`}
                checked={chosen.includes(miner.addr)}
                onChange={() => onToggle(miner.addr)}
              />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function sentence(miners: readonly Miner[]): string {
  const states = miners.map(minerState);
  const count = (state: string) => states.filter((one) => one === state).length;
  const stopped = count('suspended') + count('paused');
  return `${formatCount(miners.length)} miners known, ${count('in use')} in use${stopped > 0 ? `, ${stopped} suspended or paused` : ''}.`;
}
