import { DomainError } from '../../shared/index.js';
/** A pin that failed so often for passing reasons stays failed. */ export const MOST_FAILURES = 5;
/** A pin that took so many workers with it is not given to another. */ export const MOST_CUT_OFFS = 20;
const FIRST_PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
const SHORTEST_REST_MS = 5_000;
const LONGEST_REST_MS = 60_000;
/**
 * How long to wait before the next attempt, in ms, or null: it has failed for good. Whoever names a failure says
 * whether it passes; unnamed ones may.
 *
 * @param failuresBefore - attempts of this pin that failed already
 */ export function pauseAfter(error, failuresBefore) {
    if (error instanceof DomainError && !error.retryable) return null;
    if (failuresBefore + 1 >= MOST_FAILURES) return null;
    return Math.min(FIRST_PAUSE_MS * 2 ** failuresBefore, LONGEST_PAUSE_MS);
}
/** How long a preempted pin stays away, in ms: the longer it has been looked for in vain, the longer. */ export function restAfter(lookedMs) {
    return Math.min(Math.max(lookedMs, SHORTEST_REST_MS), LONGEST_REST_MS);
}
/** The reason as its owner reads it; failures without a name say nothing about our insides. */ export function reasonOf(error) {
    return error instanceof DomainError ? `${error.code}: ${error.message}` : 'ERR_INTERNAL_SERVER: unexpected failure';
}

//# sourceMappingURL=retry-policy.js.map
