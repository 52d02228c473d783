import { contentId, pinRequestId, userId } from '../../shared/index.js';
import type { PinProgress, PinRecord, PinStatus } from '../pin.js';

/** A row of `pins` as the driver gives it. */
export interface PinRow {
  request_id: string;
  user_id: string;
  cid: string;
  cid_v1: string;
  name: string | null;
  origins: string[];
  meta: Record<string, string>;
  status: PinStatus;
  reason: string | null;
  info: Partial<PinProgress>;
  content_id: string | null;
  attempts: number;
  failures: number;
  looked_ms: number;
  created_at: Date;
}

export function pinOf(row: PinRow): PinRecord {
  return {
    requestId: pinRequestId(row.request_id),
    userId: userId(row.user_id),
    cid: row.cid,
    cidV1: row.cid_v1,
    name: row.name,
    origins: row.origins,
    meta: row.meta,
    status: row.status,
    reason: row.reason,
    progress: progressOf(row.info),
    contentId: row.content_id === null ? null : contentId(row.content_id),
    attempts: row.attempts,
    failures: row.failures,
    lookedMs: row.looked_ms,
    createdAt: row.created_at,
  };
}

/** Anything else names no pin; PostgreSQL would refuse to compare it. */
export function isRequestId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}

/** The same for the ids of contents. */
export function isRowId(text: string): boolean {
  return /^\d{1,18}$/.test(text);
}

/** Null as long as nobody has begun. */
function progressOf({ blocks, bytes, sources }: Partial<PinProgress>): PinProgress | null {
  return blocks === undefined || bytes === undefined ? null : { blocks, bytes, sources: sources ?? 0 };
}

/** The announcement of a row's status. */
export function changeOf(row: PinRow): {
  requestId: string;
  userId: string;
  cid: string;
  status: PinStatus;
  reason: string | null;
} {
  return { requestId: row.request_id, userId: row.user_id, cid: row.cid, status: row.status, reason: row.reason };
}
