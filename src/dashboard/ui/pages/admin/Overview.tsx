import type { DealsDay, Ready } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { Bars } from '../../charts/Bars';
import { formatCount, formatFil } from '../../format/fil';
import { formatBytes } from '../../format/bytes';
import { formatDuration } from '../../format/time';
import { Failure } from '../../parts/Failure';
import { Figures } from '../../parts/Figures';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { StateText } from '../../parts/StateText';
import { FaultList } from './FaultList';
import type { Balance, Fault, IpfsState, Progress } from './types';

const DEALS = [
  { name: 'sealed', ink: 'var(--chart-1)' },
  { name: 'failed', ink: 'var(--chart-bad)' },
] as const;

/** The worst first, then each engine, the wallet, and the flow of deals. */
export default function Overview() {
  const ready = useAsk<Ready>('/ready', { takes: [503] }, { every: 5_000 });
  const progress = useAsk<Progress>('/admin/cm/progress', {}, { every: 5_000 });
  const faults = useAsk<Fault[]>('/admin/cm/faults', {}, { every: 10_000 });
  const balance = useAsk<Balance>('/admin/balance', {}, { every: 30_000 });
  const ipfs = useAsk<IpfsState>('/admin/ipfs', {}, { every: 10_000 });
  const days = useAsk<DealsDay[]>('/public/metrics/deals-on-chain', {}, { every: 60_000 });
  const open = (faults.data ?? []).filter((fault) => fault.open);
  return (
    <>
      <PageHead title="Overview" sentence={ready.data && worst(ready.data, open, progress.data)} />
      {ready.error !== null && <Failure error={ready.error} again={() => void ready.refetch()} />}
      <Engines ready={ready.data} ipfs={ipfs.data} />
      <Section title="Faults of our node and wallet">
        {faults.error !== null && <Failure error={faults.error} />}
        {faults.data !== undefined && <FaultList faults={faults.data} />}
      </Section>
      <Section title="Deals">
        {progress.error !== null && <Failure error={progress.error} />}
        {progress.data !== undefined && <DealFigures progress={progress.data} />}
      </Section>
      <Section title="Deals by day (UTC)">
        {days.data !== undefined && (
          <Bars
            series={DEALS}
            columns={days.data
              .slice(-30)
              .map((day) => ({ label: day.time, values: [day.dealsSealed, day.dealsFailed] }))}
            format={formatCount}
            about="Deals sealed and failed by day"
          />
        )}
      </Section>
      <Section title="Wallet">
        {balance.error !== null && <Failure error={balance.error} again={() => void balance.refetch()} />}
        {balance.data !== undefined && <Wallet balance={balance.data} />}
      </Section>
    </>
  );
}

function Engines({ ready, ipfs }: { ready: Ready | undefined; ipfs: IpfsState | undefined }) {
  return (
    <div className="cards">
      {Object.entries(ready?.checks ?? {}).map(([name, state]) => (
        <div className="card" key={name}>
          <strong>{name}</strong> <StateText state={state} />
          <div className="quiet">{ready?.down.find((one) => one.name === name)?.detail ?? ''}</div>
        </div>
      ))}
      {ipfs?.node && (
        <div className="card">
          <strong>IPFS node</strong> <StateText state={ipfs.node.up ? 'ok' : 'down'} />
          <div className="quiet">
            {ipfs.node.kind}, {formatCount(ipfs.node.peers)} peers
          </div>
        </div>
      )}
    </div>
  );
}

function DealFigures({ progress }: { progress: Progress }) {
  return (
    <Figures
      lines={[
        ...Object.entries(progress.deals).map(([state, count]) => ({
          label: `Deals ${state}`,
          value: formatCount(count),
          href: '/app/admin/deals',
        })),
        ...Object.entries(progress.pieces).map(([state, count]) => ({
          label: `Pieces ${state}`,
          value: formatCount(count),
          href: '/app/admin/deals',
        })),
        {
          label: 'Longest wait',
          value: formatDuration(progress.oldestWaitingSeconds * 1_000),
          href: '/app/admin/deals',
        },
      ]}
    />
  );
}

function Wallet({ balance }: { balance: Balance }) {
  return (
    <Figures
      lines={[
        { label: 'Balance', value: formatFil(balance.balance) },
        { label: 'Market, available', value: formatFil(balance.marketAvailable) },
        { label: 'Market, locked', value: formatFil(balance.marketLocked) },
        {
          label: 'DataCap',
          value: balance.verifiedClientBalance === null ? 'none' : formatBytes(balance.verifiedClientBalance),
        },
      ]}
    />
  );
}

function worst(ready: Ready, faults: readonly Fault[], progress: Progress | undefined): string {
  if (!ready.ready) return `Not ready: ${ready.down.map(({ name, detail }) => `${name} (${detail})`).join(', ')}.`;
  const [first] = faults;
  if (first !== undefined)
    return `${faults.length === 1 ? 'One fault is' : `${faults.length} faults are`} open: ${first.about}`;
  if (progress?.dealMakingEnabled === false) return 'Deal making is switched off.';
  if (progress !== undefined && progress.waiting.length > 0)
    return `All engines answer; ${progress.waiting.length === 1 ? 'one piece waits' : `${progress.waiting.length} pieces wait`} for deals.`;
  return 'All well.';
}
