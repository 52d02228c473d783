import { useAsk } from '../../api/use-ask';
import { formatCount } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import type { DamagePage } from './types';

/** What the scrub found damaged on disk, and what became of it. */
export default function Storage() {
  const found = useAsk<DamagePage>('/admin/storage/damage', {}, { every: 15_000 });
  return (
    <>
      <PageHead
        title="Storage"
        sentence={
          found.data &&
          (found.data.count === 0
            ? 'The scrub has found no damage.'
            : `${formatCount(found.data.count)} findings of the scrub.`)
        }
      />
      {found.error !== null && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data?.count === 0 && (
        <Empty title="No damage">Every sealed CAR is read again, and its blocks are hashed, again and again.</Empty>
      )}
      {found.data !== undefined && found.data.count > 0 && <Findings page={found.data} />}
    </>
  );
}

function Findings({ page }: { page: DamagePage }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>CAR</th>
          <th>Damage</th>
          <th>Cause</th>
          <th>Place</th>
          <th>CID</th>
          <th>Outcome</th>
          <th>Found</th>
        </tr>
      </thead>
      <tbody>
        {page.damage.map((row) => (
          <tr key={row.id}>
            <td>
              <Id value={row.car} />
            </td>
            <td>{row.kind}</td>
            <td data-label="cause">{row.cause}</td>
            <td data-label="place">{row.place}</td>
            <td>
              <Id value={row.cid} />
            </td>
            <td>{row.outcome ?? 'open'}</td>
            <td>
              <Ago at={row.foundAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
