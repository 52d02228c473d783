import { Checkbox } from '@mantine/core';
import { Link } from 'wouter';
import type { Miner, MinerLineFigures } from '../../api/miner-types';
import { Sparkline } from '../../charts/Sparkline';
import { formatCount, formatShare } from '../../format/fil';
import { formatDuration } from '../../format/time';
import { Fil } from '../../parts/Fil';
import { SortHead } from '../../parts/SortHead';
import type { Sorting } from '../../parts/useSorted';
import { activeShare, minerState } from './miner-columns';

export interface MinersTableProps {
  sorting: Sorting<Miner>;
  chosen: readonly string[];
  onToggle: (addr: string) => void;
}

/** One line for each miner, sorted by any of its figures; those of the last seven days where it is a rate or a time. */
export function MinersTable({ sorting, chosen, onToggle }: MinersTableProps) {
  // Columns of which the platform says nothing are not there, rather than empty.
  const scored = sorting.sorted.some(({ score }) => typeof score === 'number');
  const measured = sorting.sorted.some(({ figures }) => figures);
  return (
    <div style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label="Miners">
      <table className="rows">
        <thead>
          <tr>
            <SortHead name="miner" label="Miner" sorting={sorting} />
            <th>State</th>
            {scored && (
              <>
                <SortHead name="score" label="Score" sorting={sorting} number />
                <th>Course</th>
              </>
            )}
            <SortHead name="active" label="Active" sorting={sorting} number />
            <SortHead name="deals" label="All" sorting={sorting} number />
            <SortHead name="share" label="Active of all" sorting={sorting} number />
            {measured && (
              <>
                <SortHead name="accepted" label="Accepted" sorting={sorting} number />
                <SortHead name="publish" label="To publish" sorting={sorting} number />
                <SortHead name="seal" label="To seal" sorting={sorting} number />
                <SortHead name="retrieved" label="Retrieved" sorting={sorting} number />
                <SortHead name="firstByte" label="First byte" sorting={sorting} number />
                <SortHead name="failures" label="Failed 7 d" sorting={sorting} number />
              </>
            )}
            <SortHead name="price" label="Ask" sorting={sorting} number />
            <th>Compare</th>
          </tr>
        </thead>
        <tbody>
          {sorting.sorted.map((miner) => (
            <MinerLine
              key={miner.addr}
              miner={miner}
              shown={{ scored, measured }}
              chosen={chosen.includes(miner.addr)}
              onToggle={onToggle}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps {
  miner: Miner;
  shown: { scored: boolean; measured: boolean };
  chosen: boolean;
  onToggle: (addr: string) => void;
}

function MinerLine({ miner, shown, chosen, onToggle }: LineProps) {
  const { figures, score, scoreCourse = [] } = miner;
  const stopped = miner.suspended ? 'bad' : miner.pausedUntil === null ? undefined : 'attention';
  return (
    <tr data-row>
      <td>
        <Link href={`/network/miners/${miner.addr}`} style={{ color: 'var(--accent)' }}>
          <span className="mono">{miner.addr}</span> {miner.name}
        </Link>
      </td>
      <td className={stopped} title={miner.suspendedReason}>
        {minerState(miner)}
      </td>
      {shown.scored && (
        <>
          <td className="number" data-label="score">
            {score?.toFixed(1) ?? '–'}
          </td>
          <td className="wide-only">
            {scoreCourse.length > 1 && (
              <Sparkline values={scoreCourse} width={56} label={`Score by day of ${miner.addr}`} />
            )}
          </td>
        </>
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
      {shown.measured && <MeasuredCells figures={figures ?? null} />}
      <td className="number" data-label="ask">
        <Fil atto={miner.ask?.price} />
      </td>
      <td>
        <Checkbox
          size="xs"
          aria-label={`Compare ${miner.addr}`}
          checked={chosen}
          onChange={() => onToggle(miner.addr)}
        />
      </td>
    </tr>
  );
}

/** Of the last seven days; dashes where nothing was measured. */
function MeasuredCells({ figures }: { figures: MinerLineFigures | null }) {
  return (
    <>
      <td className="number" data-label="accepted">
        {formatShare(figures?.acceptRate)}
      </td>
      <td className="number" data-label="to publish">
        {formatDuration(figures?.publishMs?.p50)}
      </td>
      <td className="number" data-label="to seal">
        {formatDuration(figures?.sealMs?.p50)}
      </td>
      <td className="number" data-label="retrieved">
        {formatShare(figures?.retrievalSuccessRate)}
      </td>
      <td className="number" data-label="first byte">
        {formatDuration(figures?.firstByteMs?.p50)}
      </td>
      <td className="number" data-label="failed" title={figures?.topFailure?.reason ?? ''}>
        {formatCount(figures?.failures)}
      </td>
    </>
  );
}
