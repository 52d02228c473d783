import { setTimeout as sleep } from 'node:timers/promises';
import { LaunchRefused } from './launch.errors.js';
const pollMs = 60;
/**
 * Asks the URL until it answers 200; every ten seconds tells what it says meanwhile. Waits without limit otherwise.
 * @throws LaunchRefused with the sentence of `givenUp`; AbortError when `signal` fires.
 */ export async function untilReady(url, { signal, givenUp }, say) {
    let spoke = performance.now();
    for(;;){
        const answer = await ask(url);
        if (answer === null) return;
        refuseIf(givenUp());
        if (performance.now() - spoke > 10_000) {
            say(`still waiting: ${answer}`);
            spoke = performance.now();
        }
        await sleep(pollMs, undefined, {
            signal
        });
    }
}
function refuseIf(reason) {
    if (reason !== null) throw new LaunchRefused(reason);
}
/** Null: ready. Otherwise the reason in its own words. */ async function ask(url) {
    try {
        const response = await fetch(url, {
            signal: AbortSignal.timeout(5_000)
        });
        const body = await response.text();
        return response.status === 200 ? null : `${response.status} ${body.slice(0, 400)}`;
    } catch (error) {
        const { cause, message } = error;
        return cause instanceof Error ? cause.message : message;
    }
}

//# sourceMappingURL=readiness.js.map
