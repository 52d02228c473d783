import type { ProviderRecord } from '../domain/provider-record.js';
import type { ProviderRecordFigures } from '../ports/provider-record-store.port.js';
import type { SeenNode } from '../store/ipfs-node-registry.store.js';

/** The worker publishes every 30 s. */
const ALIVE_MS = 90_000;

/** The API's names, which are older than those in the code: `heldSince`, `nextAt`. */
export function presentRecord(row: ProviderRecord) {
  return {
    id: Number(row.id),
    cid: row.root,
    state: row.state,
    node: row.node,
    heldSince: row.providedSince?.toISOString() ?? null,
    announcedAt: row.announcedAt?.toISOString() ?? null,
    routing: row.routing,
    nextAt: row.dueAt?.toISOString() ?? null,
    failures: row.failures,
    lastError: row.lastError,
  };
}

/** `next` is null when the page is not full. */
export function presentPage(rows: readonly ProviderRecord[], count: number, limit: number) {
  const last = rows.at(-1);
  return {
    count,
    announcements: rows.map(presentRecord),
    next: last && rows.length === limit ? Number(last.id) : null,
  };
}

/** The node that was seen last, as its worker saw it; others beside it, if there are several workers. */
export function presentIpfs(
  nodes: readonly SeenNode[],
  { byState, failing, oldestOverdue }: ProviderRecordFigures,
  now: Date,
) {
  const [node = null, ...others] = nodes.map((seen) => presentNode(seen, now));
  const overdue = oldestOverdue && {
    cid: oldestOverdue.root,
    dueAt: oldestOverdue.dueAt.toISOString(),
    seconds: Math.round((now.getTime() - oldestOverdue.dueAt.getTime()) / 1000),
  };
  return { node, others, announcements: { ...byState, failing }, oldestOverdue: overdue };
}

function presentNode({ seenAt, ...status }: SeenNode, now: Date) {
  return { ...status, up: now.getTime() - seenAt.getTime() < ALIVE_MS, seenAt: seenAt.toISOString() };
}
