import type { Announcement, AnnouncementState } from '../domain/announcement.js';

export interface AnnouncementRow {
  id: string;
  root: string;
  state: AnnouncementState;
  node: string | null;
  held_since: Date | null;
  announced_at: Date | null;
  routing: string[] | null;
  due_at: Date | null;
  failures: number;
  last_error: string | null;
}

export const ANNOUNCEMENT_COLUMNS = [
  'id',
  'root',
  'state',
  'node',
  'held_since',
  'announced_at',
  'routing',
  'due_at',
  'failures',
  'last_error',
] as const;

export function announcementOf(row: AnnouncementRow): Announcement {
  return {
    id: row.id,
    root: row.root,
    state: row.state,
    node: row.node,
    heldSince: row.held_since,
    announcedAt: row.announced_at,
    routing: row.routing ?? [],
    dueAt: row.due_at,
    failures: row.failures,
    lastError: row.last_error,
  };
}
