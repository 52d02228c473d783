/**
 * pending: our node does not hold it yet. held: peers get it from us, and no routing system has been told. announced: they have.
 * withdrawing: its bytes are gone, and the node may not know yet.
 */
export const announcementStates = ['pending', 'held', 'announced', 'withdrawing'] as const;
export type AnnouncementState = (typeof announcementStates)[number];

/** What is known of one root. */
export interface Announcement {
  /** Row id, decimal text. */
  id: string;
  /** CIDv1 text. */
  root: string;
  state: AnnouncementState;
  /** Peer id of the node that holds it. */
  node: string | null;
  heldSince: Date | null;
  announcedAt: Date | null;
  /** Routing systems that took the last announcement. */
  routing: string[];
  /** When it is worked on next; null: not before something changes. */
  dueAt: Date | null;
  /** In a row. */
  failures: number;
  lastError: string | null;
}

/** An announcement in somebody's hands until the lease ends. */
export interface ClaimedAnnouncement extends Announcement {
  claim: number;
  /** Higher in the book than here: something changed meanwhile, and it is to be worked on again. */
  revision: number;
}

/** How the work on one root ended. */
export type AnnouncementOutcome =
  | { kind: 'announced'; node: string; routing: string[] }
  | { kind: 'withdrawn' }
  /** Its bytes are not here any more: to be withdrawn. */
  | { kind: 'unwanted' }
  | { kind: 'failed'; error: string; heldBy: string | null }
  /** Not done, and nobody's fault: the process ends. */
  | { kind: 'released' };

export interface Settlement extends ClaimedAnnouncement {
  /** Nothing is left to know of it. */
  remove: boolean;
}

const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 3_600_000;
const LONGEST_ERROR = 500;
/** Announcements of one moment are said again over this part of the interval, and never later than it allows. */
const SPREAD = 0.1;

/** Twice as long after every failure, up to an hour. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE_MS * 2 ** Math.max(failures - 1, 0), LONGEST_PAUSE_MS);
}

/** What the outcome makes of the row. `chance` (0 to 1) spreads what was announced together. */
export function settlementOf(
  row: ClaimedAnnouncement,
  outcome: AnnouncementOutcome,
  at: Date,
  intervalMs: number,
  chance: number,
): Settlement {
  const later = (ms: number) => new Date(at.getTime() + ms);
  const kept = { ...row, remove: false };
  switch (outcome.kind) {
    case 'announced': {
      const told = outcome.routing.length > 0;
      return {
        ...kept,
        ...heldBy(row, outcome.node, at),
        failures: 0,
        lastError: null,
        routing: outcome.routing,
        state: told ? 'announced' : 'held',
        announcedAt: told ? at : row.announcedAt,
        dueAt: told ? later(intervalMs * (1 - SPREAD * chance)) : null,
      };
    }
    case 'withdrawn':
      return { ...kept, remove: true, node: null, heldSince: null, announcedAt: null, routing: [] };
    case 'unwanted':
      return { ...kept, state: 'withdrawing', dueAt: at, failures: 0, lastError: null };
    case 'failed': {
      const failures = row.failures + 1;
      const holding =
        outcome.heldBy === null
          ? {}
          : { ...heldBy(row, outcome.heldBy, at), state: row.state === 'announced' ? row.state : ('held' as const) };
      const pause = pauseAfter(failures) * (1 + SPREAD * chance);
      return {
        ...kept,
        ...holding,
        failures,
        lastError: outcome.error.replaceAll('\0', '').slice(0, LONGEST_ERROR),
        dueAt: later(pause),
      };
    }
    case 'released':
      return kept;
  }
}

function heldBy(row: Announcement, node: string, at: Date): Pick<Announcement, 'node' | 'heldSince'> {
  return { node, heldSince: (row.node ?? node) === node ? (row.heldSince ?? at) : at };
}
