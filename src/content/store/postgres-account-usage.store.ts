import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { AccountUsage, type Usage } from '../ports/account-usage.port.js';

interface UsageRow {
  user_id: string;
  bytes: string;
  contents: string;
}

/** Table `account_usage`; what keeps it exact stands in migration 0011. */
@Injectable()
export class PostgresAccountUsageStore extends AccountUsage {
  constructor(private readonly sql: SqlPool) {
    super();
  }

  async counted(user: UserId): Promise<Usage> {
    const known = await this.kept([user]);
    if (known.has(user)) return known.get(user) as Usage;
    await this.sql.pool.query('SELECT count_usage($1)', [user]);
    return (await this.kept([user])).get(user) ?? { bytes: 0, contents: 0 };
  }

  async ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Usage>> {
    const known = await this.kept(users);
    const rest = users.filter((user) => !known.has(user));
    if (rest.length === 0) return known;
    const { rows } = await this.sql.pool.query<UsageRow>(
      "SELECT user_id, sum(size) AS bytes, count(*) AS contents FROM contents WHERE user_id = ANY ($1::uuid[]) AND state <> 'deleted' GROUP BY 1",
      [rest],
    );
    const nothing = rest.map((user): [UserId, Usage] => [user, { bytes: 0, contents: 0 }]);
    return new Map([...known, ...nothing, ...entriesOf(rows)]);
  }

  private async kept(users: readonly UserId[]): Promise<Map<UserId, Usage>> {
    const { rows } = await this.sql.pool.query<UsageRow>(
      'SELECT user_id, bytes, contents FROM account_usage WHERE user_id = ANY ($1::uuid[])',
      [users],
    );
    return new Map(entriesOf(rows));
  }
}

function entriesOf(rows: readonly UsageRow[]): [UserId, Usage][] {
  return rows.map(({ user_id: id, bytes, contents }) => [
    userId(id),
    { bytes: Number(bytes), contents: Number(contents) },
  ]);
}
