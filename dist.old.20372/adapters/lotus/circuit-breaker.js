import { ChainUnavailable } from '../../chain/index.js';
const FAILURES_TO_OPEN = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/**
 * After several transport failures in a row callers are answered at once, for a growing time, instead of waiting for a
 * node that is gone. When the time is over one call goes through as a probe; its outcome decides for all.
 */ export class CircuitBreaker {
    constructor(clock){
        this.clock = clock;
        this.failures = 0;
        this.openUntil = 0;
        this.probing = false;
    }
    /** @throws ChainUnavailable while the circuit is open. */ enter() {
        if (this.failures < FAILURES_TO_OPEN) return;
        const waitMs = this.openUntil - this.clock.now().getTime();
        if (waitMs > 0 || this.probing) {
            throw new ChainUnavailable(`the Filecoin node failed ${this.failures} times in a row and is left alone for a while`, {
                retryAfterMs: Math.max(waitMs, 500)
            });
        }
        this.probing = true;
    }
    /** The node answered, be it with an error of its own. */ succeeded() {
        this.failures = 0;
        this.probing = false;
    }
    /** The node did not answer. */ failed() {
        this.failures += 1;
        this.probing = false;
        const times = this.failures - FAILURES_TO_OPEN;
        if (times >= 0) this.openUntil = this.clock.now().getTime() + Math.min(FIRST_PAUSE_MS * 2 ** Math.min(times, 16), LONGEST_PAUSE_MS);
    }
    /** The call ended in a way that says nothing about the node. */ undecided() {
        this.probing = false;
    }
}

//# sourceMappingURL=circuit-breaker.js.map
