import { useAsk } from '../../api/use-ask';
import { formatCount } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Empty } from '../../parts/Empty';
import { Failure } from '../../parts/Failure';
import { Id } from '../../parts/Id';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { StateText } from '../../parts/StateText';
import type { AnnouncementPage } from './types';

/** Which roots the IPFS network is told that we have. */
export default function Announcements() {
  const found = useAsk<AnnouncementPage>('/admin/announcements', { query: { limit: 200 } }, { every: 10_000 });
  return (
    <>
      <PageHead
        title="Announcements"
        sentence={found.data && `${formatCount(found.data.count)} roots are provided by our IPFS node.`}
      />
      {found.error !== null && <Failure error={found.error} again={() => void found.refetch()} />}
      {found.isPending && <Loading />}
      {found.data?.count === 0 && <Empty title="Nothing to announce">Each hot root gets a row here.</Empty>}
      {found.data !== undefined && found.data.count > 0 && <Rows page={found.data} />}
    </>
  );
}

function Rows({ page }: { page: AnnouncementPage }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>CID</th>
          <th>State</th>
          <th>Provided since</th>
          <th>Announced</th>
          <th>Next</th>
          <th className="number">Failures</th>
          <th>Last error</th>
        </tr>
      </thead>
      <tbody>
        {page.announcements.map((row) => (
          <tr key={row.id}>
            <td>
              <Id value={row.cid} />
            </td>
            <td>
              <StateText state={row.state} />
            </td>
            <td data-label="since">
              <Ago at={row.heldSince} />
            </td>
            <td data-label="announced">
              <Ago at={row.announcedAt} />
            </td>
            <td data-label="next">
              <Ago at={row.nextAt} />
            </td>
            <td className="number" data-label="failures">
              {row.failures}
            </td>
            <td className="quiet">{row.lastError ?? ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
