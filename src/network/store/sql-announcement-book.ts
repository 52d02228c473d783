import { Injectable } from '@nestjs/common';
import { SqlPool } from '../../platform/prisma/index.js';
import { Clock } from '../../shared/index.js';
import type { ClaimedAnnouncement, Settlement } from '../domain/announcement.js';
import { AnnouncementBook } from '../ports/announcement-book.port.js';
import { ANNOUNCEMENT_COLUMNS, announcementOf, type AnnouncementRow } from './announcement-row.js';

const FREE = 'due_at <= $1 AND (lease_until IS NULL OR lease_until <= $1)';

const CLAIM = `
  UPDATE announcements a SET lease_until = $2, claim = a.claim + 1
  FROM (SELECT id FROM announcements WHERE ${FREE} ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
  WHERE a.id = due.id
  RETURNING ${ANNOUNCEMENT_COLUMNS.map((column) => `a.${column}`).join(', ')}, a.claim, a.revision`;

/** Rows are locked in the order of their ids wherever several are: nobody waits in a circle. */
const SETTLED = `
  WITH done AS (
    SELECT * FROM jsonb_to_recordset($1::jsonb) AS d (id bigint, claim int, revision int, state text, node text, "heldSince" timestamptz,
      "announcedAt" timestamptz, routing jsonb, "dueAt" timestamptz, failures int, "lastError" text)),
  mine AS (SELECT a.id FROM announcements a JOIN done d ON a.id = d.id AND a.claim = d.claim ORDER BY a.id FOR UPDATE OF a)
  UPDATE announcements a SET
    node = d.node, held_since = d."heldSince", announced_at = d."announcedAt", lease_until = NULL,
    routing = ARRAY(SELECT jsonb_array_elements_text(d.routing)),
    state = CASE WHEN a.revision = d.revision THEN d.state ELSE a.state END,
    due_at = CASE WHEN a.revision = d.revision THEN d."dueAt" ELSE a.due_at END,
    failures = CASE WHEN a.revision = d.revision THEN d.failures ELSE a.failures END,
    last_error = CASE WHEN a.revision = d.revision THEN d."lastError" ELSE a.last_error END
  FROM done d, mine WHERE a.id = mine.id AND d.id = mine.id AND a.claim = d.claim`;

const REMOVED = `
  DELETE FROM announcements WHERE id IN (
    SELECT a.id FROM announcements a JOIN jsonb_to_recordset($1::jsonb) AS d (id bigint, claim int, revision int)
      ON a.id = d.id AND a.claim = d.claim AND a.revision = d.revision
    ORDER BY a.id FOR UPDATE OF a)`;

const REVIVED = `
  UPDATE announcements SET state = 'pending', due_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1) AND state = 'withdrawing' ORDER BY id FOR UPDATE)`;

const ADDED = `
  INSERT INTO announcements (root, due_at, created_at)
  SELECT DISTINCT wanted.root, $2::timestamptz, $2::timestamptz FROM unnest($1::text[]) AS wanted (root)
  WHERE NOT EXISTS (SELECT 1 FROM announcements a WHERE a.root = wanted.root) ORDER BY 1
  ON CONFLICT (root) DO NOTHING`;

const WITHDRAWN = `
  UPDATE announcements SET state = 'withdrawing', due_at = $2, revision = revision + 1, failures = 0, last_error = NULL
  WHERE id IN (SELECT id FROM announcements WHERE root = ANY($1) AND state <> 'withdrawing' ORDER BY id FOR UPDATE)`;

/** Without a node it is held anew as well as announced. */
const URGE =
  'UPDATE announcements SET due_at = $1, revision = revision + 1, failures = 0, last_error = NULL, node = NULL';

/** Written late throughout: what a crash takes back, the sweep finds missing, or is worked on again. */
@Injectable()
export class SqlAnnouncementBook extends AnnouncementBook {
  constructor(
    private readonly sql: SqlPool,
    private readonly clock: Clock,
  ) {
    super();
  }

  async hold(roots: readonly string[]): Promise<number> {
    if (roots.length === 0) return 0;
    // In this order: what is removed between the two is added by the second.
    const revived = await this.sql.asyncCommitPool.query(REVIVED, [roots, this.clock.now()]);
    const added = await this.sql.asyncCommitPool.query(ADDED, [roots, this.clock.now()]);
    return (revived.rowCount ?? 0) + (added.rowCount ?? 0);
  }

  async withdraw(roots: readonly string[]): Promise<number> {
    if (roots.length === 0) return 0;
    const { rowCount } = await this.sql.asyncCommitPool.query(WITHDRAWN, [roots, this.clock.now()]);
    return rowCount ?? 0;
  }

  async urge(roots: readonly string[]): Promise<string[]> {
    return this.urged('SELECT id FROM announcements WHERE root = ANY($2) ORDER BY id FOR UPDATE', roots);
  }

  async urgeNext(limit: number): Promise<string[]> {
    return this.urged('SELECT id FROM announcements ORDER BY due_at LIMIT $2 FOR UPDATE SKIP LOCKED', limit);
  }

  async hasDue(): Promise<boolean> {
    const { rowCount } = await this.sql.asyncCommitPool.query(`SELECT 1 FROM announcements WHERE ${FREE} LIMIT 1`, [
      this.clock.now(),
    ]);
    return rowCount === 1;
  }

  async claim(limit: number, leaseMs: number): Promise<ClaimedAnnouncement[]> {
    const { rows } = await this.sql.asyncCommitPool.query<AnnouncementRow & { claim: number; revision: number }>(
      CLAIM,
      [this.clock.now(), this.until(leaseMs), limit],
    );
    return rows.map((row) => ({ ...announcementOf(row), claim: row.claim, revision: row.revision }));
  }

  async prolong(
    claims: readonly Pick<ClaimedAnnouncement, 'id' | 'claim'>[],
    leaseMs: number,
  ): Promise<ReadonlySet<string>> {
    const { rows } = await this.sql.asyncCommitPool.query<{ id: string }>(
      `UPDATE announcements SET lease_until = $3 WHERE id IN (
         SELECT a.id FROM announcements a JOIN unnest($1::bigint[], $2::int[]) AS mine (id, claim) ON a.id = mine.id AND a.claim = mine.claim ORDER BY a.id FOR UPDATE OF a)
       RETURNING id`,
      [claims.map(({ id }) => id), claims.map(({ claim }) => claim), this.until(leaseMs)],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async settle(settlements: readonly Settlement[]): Promise<void> {
    const removals = settlements.filter(({ remove }) => remove);
    if (removals.length > 0) await this.sql.asyncCommitPool.query(REMOVED, [JSON.stringify(removals)]);
    // Also what was to be removed and is asked for again: the node does not hold it any more.
    if (settlements.length > 0) await this.sql.asyncCommitPool.query(SETTLED, [JSON.stringify(settlements)]);
  }

  private async urged(which: string, parameter: unknown): Promise<string[]> {
    const { rows } = await this.sql.asyncCommitPool.query<{ root: string }>(
      `${URGE} WHERE id IN (${which}) RETURNING root`,
      [this.clock.now(), parameter],
    );
    return rows.map(({ root }) => root);
  }

  private until(leaseMs: number): Date {
    return new Date(this.clock.now().getTime() + leaseMs);
  }
}
