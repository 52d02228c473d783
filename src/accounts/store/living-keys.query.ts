import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';

/** Which keys still work, for rooms that go on answering after a request was let in. */
@Injectable()
export class LivingKeys {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** Those of the ids (of keys, not tokens) that are neither revoked nor expired; one statement, never remembered. */
  async among(keyIds: readonly string[]): Promise<Set<string>> {
    if (keyIds.length === 0) return new Set();
    const rows = await this.database.apiKey.findMany({
      where: {
        id: { in: [...keyIds] },
        revokedAt: null,
        OR: [{ expiresAt: null }, { expiresAt: { gt: this.clock.now() } }],
      },
      select: { id: true },
    });
    return new Set(rows.map(({ id }) => id));
  }
}
