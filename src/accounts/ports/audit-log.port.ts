import type { Json } from '../../shared/index.js';

/** What is known before something is done. */
export interface NewAuditEntry {
  /** The name of who did it. */
  actor: string;
  /** In whose name; null: their own. */
  actingAs: string | null;
  /** The key or session; null: none yet (a login). */
  keyId: string | null;
  /** Method and pattern: `POST /admin/invite/:code`. */
  route: string;
  /** What the path and the body name, without secrets. */
  target: Record<string, Json>;
  /** Of the client, as far as proxies are trusted. */
  address: string;
  /** Known at once for what is written when it is done. */
  status?: number;
}

/** An entry as it is kept. `id` is decimal text; it grows with time. */
export interface AuditEntry extends Omit<NewAuditEntry, 'status'> {
  id: string;
  at: Date;
  /** Of the answer; null: it runs, or nobody knows. */
  status: number | null;
}

/** Narrows a page of the log; names are exact. */
export interface AuditFilter {
  actor?: string;
  actingAs?: string;
}

/** The audit log. Entries are added and finished, never changed or removed. */
export abstract class AuditLog {
  /** Durable when it resolves. Resolves to the entry's id. */
  abstract add(entry: NewAuditEntry): Promise<string>;
  /** What came of it, once. */
  abstract finish(id: string, status: number): Promise<void>;
  /** Newest first; `before`: the id of the last of the page before. */
  abstract list(page: { limit: number; before?: string } & AuditFilter): Promise<AuditEntry[]>;
}
