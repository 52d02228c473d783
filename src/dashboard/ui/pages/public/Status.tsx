import type { PublicInfo, Ready } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { StateText } from '../../parts/StateText';

/** Whether the platform works, engine by engine. */
export default function Status() {
  const ready = useAsk<Ready>('/ready', { anonymous: true, takes: [503] }, { every: 5_000 });
  const info = useAsk<PublicInfo>('/public/info', { anonymous: true }, { every: 15_000 });
  return (
    <>
      <PageHead
        title="Status"
        sentence={ready.data && (ready.data.ready ? 'All well: everything answers.' : downSentence(ready.data))}
      />
      {ready.isPending && <Loading />}
      {ready.error !== null && <Failure error={ready.error} again={() => void ready.refetch()} />}
      {ready.data !== undefined && ready.error === null && <Engines ready={ready.data} />}
      {info.data !== undefined && (
        <Section title="Network">
          <dl className="facts">
            <dt>Network</dt>
            <dd>{info.data.network}</dd>
            <dt>Filecoin node</dt>
            <dd>{info.data.versions.filecoinNode ?? '–'}</dd>
            <dt>Runtime</dt>
            <dd>{info.data.versions.runtime}</dd>
          </dl>
          {info.data.notice !== undefined && <p className="quiet">{info.data.notice}</p>}
        </Section>
      )}
    </>
  );
}

function Engines({ ready }: { ready: Ready }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Engine</th>
          <th>State</th>
          <th>Detail</th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(ready.checks ?? {}).map(([name, state]) => (
          <tr key={name}>
            <td>{name}</td>
            <td>
              <StateText state={state} />
            </td>
            <td className="quiet">{ready.down?.find((one) => one.name === name)?.detail ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function downSentence({ down }: Ready): string {
  return down === undefined || down.length === 0
    ? 'Not ready.'
    : `Not ready: ${down.map(({ name, detail }) => `${name} (${detail})`).join(', ')}.`;
}
