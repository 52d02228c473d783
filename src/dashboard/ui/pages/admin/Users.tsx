import type { UserLine } from '../../api/types';
import { useAsk } from '../../api/use-ask';
import { formatBytes } from '../../format/bytes';
import { formatCount, formatFil } from '../../format/fil';
import { Ago } from '../../parts/Ago';
import { Failure } from '../../parts/Failure';
import { Loading } from '../../parts/Loading';
import { PageHead } from '../../parts/PageHead';
import { Section } from '../../parts/Section';
import { Invites } from './Invites';

/** Accounts with what they use, and invites for new ones. */
export default function Users() {
  const users = useAsk<UserLine[]>('/admin/users', {}, { every: 15_000 });
  return (
    <>
      <PageHead title="Users" sentence={users.data && `${formatCount(users.data.length)} accounts.`} />
      {users.error !== null && <Failure error={users.error} again={() => void users.refetch()} />}
      {users.isPending && <Loading />}
      {users.data !== undefined && <UserTable users={users.data} />}
      <Section title="Invites">
        <Invites />
      </Section>
    </>
  );
}

function UserTable({ users }: { users: readonly UserLine[] }) {
  return (
    <table className="rows">
      <thead>
        <tr>
          <th>Name</th>
          <th>Role</th>
          <th className="number">Stored</th>
          <th className="number">Files</th>
          <th className="number">Pins</th>
          <th className="number">Quota</th>
          <th className="number">Spent today</th>
          <th>Since</th>
        </tr>
      </thead>
      <tbody>
        {users.map((user) => (
          <tr key={user.id}>
            <td>{user.username}</td>
            <td>{user.role}</td>
            <td className="number" data-label="stored">
              {formatBytes(user.spaceUsed)}
            </td>
            <td className="number" data-label="files">
              {formatCount(user.numFiles)}
            </td>
            <td className="number" data-label="pins">
              {formatCount(user.usage.pins)}
            </td>
            <td className="number" data-label="quota">
              {user.limits.bytesQuota === null ? 'none' : formatBytes(user.limits.bytesQuota)}
            </td>
            <td className="number" data-label="spent">
              {formatFil(user.usage.spendToday)}
            </td>
            <td data-label="since">
              <Ago at={user.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
