import type { Announcement } from '../domain/announcement.js';
import type { AnnouncementFigures } from '../ports/announcement-list.port.js';
import type { SeenNode } from '../ports/delegate-board.port.js';

/** The worker publishes every 30 s. */
const ALIVE_MS = 90_000;

export function presentAnnouncement(row: Announcement): object {
  return {
    id: Number(row.id),
    cid: row.root,
    state: row.state,
    node: row.node,
    heldSince: row.heldSince?.toISOString() ?? null,
    announcedAt: row.announcedAt?.toISOString() ?? null,
    routing: row.routing,
    nextAt: row.dueAt?.toISOString() ?? null,
    failures: row.failures,
    lastError: row.lastError,
  };
}

export function presentPage(rows: readonly Announcement[], count: number, limit: number): object {
  const last = rows.at(-1);
  return {
    count,
    announcements: rows.map(presentAnnouncement),
    next: last && rows.length === limit ? Number(last.id) : null,
  };
}

/** The node that was seen last, as its worker saw it; others beside it, if there are several workers. */
export function presentIpfs(
  nodes: readonly SeenNode[],
  { byState, failing, oldestOverdue }: AnnouncementFigures,
  now: Date,
): object {
  const [node = null, ...others] = nodes.map((seen) => presentNode(seen, now));
  const overdue = oldestOverdue && {
    cid: oldestOverdue.root,
    dueAt: oldestOverdue.dueAt.toISOString(),
    seconds: Math.round((now.getTime() - oldestOverdue.dueAt.getTime()) / 1000),
  };
  return { node, others, announcements: { ...byState, failing }, oldestOverdue: overdue };
}

function presentNode({ seenAt, ...status }: SeenNode, now: Date): object {
  return { ...status, up: now.getTime() - seenAt.getTime() < ALIVE_MS, seenAt: seenAt.toISOString() };
}
