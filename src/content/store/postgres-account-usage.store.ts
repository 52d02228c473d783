import { Injectable } from '@nestjs/common';
import { Database, execute, query } from '../../platform/prisma/index.js';
import { userId, type UserId } from '../../shared/index.js';
import { AccountUsage, type Usage } from '../ports/account-usage.port.js';
import { COUNT_USAGE, KEPT_USAGE, SUMMED_USAGE, type UsageRow } from './usage.sql.js';

/** Table `account_usage`; what keeps it exact stands in account-usage.sql and store-contents.sql. */
@Injectable()
export class PostgresAccountUsageStore extends AccountUsage {
  constructor(private readonly database: Database) {
    super();
  }

  /** The kept figure; the first time, the account is counted and kept from then on. */
  async counted(user: UserId): Promise<Usage> {
    const known = await this.kept([user]);
    if (known.has(user)) return known.get(user) as Usage;
    await execute(this.database, COUNT_USAGE, [user]);
    return (await this.kept([user])).get(user) ?? { bytes: 0, contents: 0 };
  }

  /**
   * Two queries, whatever the number: kept figures, then one sum for the rest. Not one snapshot: for pages, not for
   * quotas.
   */
  async ofMany(users: readonly UserId[]): Promise<ReadonlyMap<UserId, Usage>> {
    const known = await this.kept(users);
    const rest = users.filter((user) => !known.has(user));
    if (rest.length === 0) return known;
    const rows = await query(this.database, SUMMED_USAGE, [rest]);
    const nothing = rest.map((user): [UserId, Usage] => [user, { bytes: 0, contents: 0 }]);
    return new Map([...known, ...nothing, ...entriesOf(rows)]);
  }

  private async kept(users: readonly UserId[]): Promise<Map<UserId, Usage>> {
    return new Map(entriesOf(await query(this.database, KEPT_USAGE, [users])));
  }
}

function entriesOf(rows: readonly UsageRow[]): [UserId, Usage][] {
  return rows.map(({ user_id: id, bytes, contents }) => [
    userId(id),
    { bytes: Number(bytes), contents: Number(contents) },
  ]);
}
