/**
 * Where a root is between our bytes and the network. The names are columns and JSON of the API. `pending`: our node
 * does not provide it yet. `held`: peers get it from our node, and no routing system was told. `announced`: a routing
 * system has a provider record that names our node. `withdrawing`: its bytes are gone, and the node may not know.
 */
export const providerRecordStates = ['pending', 'held', 'announced', 'withdrawing'] as const;
/** One of the four above. */
export type ProviderRecordState = (typeof providerRecordStates)[number];

/** What is known of one root that our node provides, or is to provide. */
export interface ProviderRecord {
  /** Row id, decimal text. */
  id: string;
  /** CIDv1 text. */
  root: string;
  state: ProviderRecordState;
  /** Peer id of the node that provides it. */
  node: string | null;
  providedSince: Date | null;
  announcedAt: Date | null;
  /** Routing systems that took the last announcement, as 'dht'. */
  routing: string[];
  /** When it is worked on next; null: not before something changes. */
  dueAt: Date | null;
  /** In a row. */
  failures: number;
  lastError: string | null;
}

/** A record that one worker has leased. */
export interface ClaimedProviderRecord extends ProviderRecord {
  /** Fencing number of the lease: whoever claims it next gets a greater one, and this one writes nothing any more. */
  leaseNumber: number;
  /** Higher in the row than here: something changed meanwhile, and it is to be worked on again. */
  revision: number;
}

/** How the work on one root ended. */
export type ProvideOutcome =
  | { kind: 'announced'; node: string; routing: string[] }
  | { kind: 'stopped' }
  /** Its bytes are not here any more: to be stopped. */
  | { kind: 'unwanted' }
  | { kind: 'failed'; error: string; providedBy: string | null }
  /** Not done, and nobody's fault: the process ends. */
  | { kind: 'released' };

/** The record as the work leaves it. */
export interface Settlement extends ClaimedProviderRecord {
  /** Nothing is left to know of it. */
  remove: boolean;
}

const FIRST_RETRY_MS = 15_000;
const LONGEST_RETRY_MS = 3_600_000;
const LONGEST_ERROR = 500;
/** Records of one moment are renewed over this part of the interval, and never later than it allows. */
const SPREAD = 0.1;

/** Milliseconds until the next try: twice as long after every failure, up to an hour. */
export function retryDelayAfter(failures: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(failures - 1, 0), LONGEST_RETRY_MS);
}

/**
 * What the outcome makes of the record. Pure.
 * @param intervalMs between two announcements of a root.
 * @param chance 0 to 1: spreads what was announced together.
 */
export function settlementOf(
  row: ClaimedProviderRecord,
  outcome: ProvideOutcome,
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
        ...providedBy(row, outcome.node, at),
        failures: 0,
        lastError: null,
        routing: outcome.routing,
        state: told ? 'announced' : 'held',
        announcedAt: told ? at : row.announcedAt,
        dueAt: told ? later(intervalMs * (1 - SPREAD * chance)) : null,
      };
    }
    case 'stopped':
      return { ...kept, remove: true, node: null, providedSince: null, announcedAt: null, routing: [] };
    case 'unwanted':
      return { ...kept, state: 'withdrawing', dueAt: at, failures: 0, lastError: null };
    case 'failed': {
      const failures = row.failures + 1;
      const provided =
        outcome.providedBy === null
          ? {}
          : {
              ...providedBy(row, outcome.providedBy, at),
              state: row.state === 'announced' ? row.state : ('held' as const),
            };
      return {
        ...kept,
        ...provided,
        failures,
        lastError: outcome.error.replaceAll('\0', '').slice(0, LONGEST_ERROR),
        dueAt: later(retryDelayAfter(failures) * (1 + SPREAD * chance)),
      };
    }
    case 'released':
      return kept;
  }
}

function providedBy(row: ProviderRecord, node: string, at: Date): Pick<ProviderRecord, 'node' | 'providedSince'> {
  return { node, providedSince: (row.node ?? node) === node ? (row.providedSince ?? at) : at };
}
