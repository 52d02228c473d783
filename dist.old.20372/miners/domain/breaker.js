/** After this many failures in a row no proposal goes out for a while (estuary.md F53). */ export const FAILURES_TO_OPEN = 5;
const LONGEST_PAUSE_SECONDS = 6 * 3600;
/** Of a moment: an open breaker is half-open by the mere passing of time. */ export function breakerState({ failures, openUntil }, now) {
    if (failures < FAILURES_TO_OPEN || openUntil === null) return 'closed';
    return openUntil > now ? 'open' : 'half-open';
}
/**
 * Each failure beyond the fifth doubles the pause; one success ends it all. Outcomes of older deals that come in during
 * a pause count too.
 */ export function afterOutcome(before, ok, now, firstPauseSeconds) {
    if (ok) return {
        failures: 0,
        openUntil: null
    };
    const failures = before.failures + 1;
    if (failures < FAILURES_TO_OPEN) return {
        failures,
        openUntil: null
    };
    const seconds = Math.min(firstPauseSeconds * 2 ** Math.min(failures - FAILURES_TO_OPEN, 32), LONGEST_PAUSE_SECONDS);
    return {
        failures,
        openUntil: new Date(now.getTime() + seconds * 1000)
    };
}

//# sourceMappingURL=breaker.js.map
