import { setMaxListeners } from 'node:events';
import { PinPreempted, PinStalled, PinLeaseLost, PinTimedOut } from '../pinning.errors.js';
/**
 * What this worker knows of one of its fetches: how far it is, and how to stop it. PinScheduler looks after it every
 * second; whoever fetches reports what arrived and waits for its slot before each block.
 */ export class PinFetchTask {
    constructor(claim, slots, clock, timeouts, shutdown){
        this.claim = claim;
        this.slots = slots;
        this.clock = clock;
        this.timeouts = timeouts;
        this.progress = {
            blocks: 0,
            bytes: 0,
            sources: 0
        };
        this.stopping = new AbortController();
        this.transfer = null;
        this.transferredMs = 0;
        this.paused = false;
        this.since = this.lastBlockAt = this.checkedAt = clock.now().getTime();
        this.signal = AbortSignal.any([
            shutdown,
            this.stopping.signal
        ]);
        setMaxListeners(Infinity, this.signal);
    }
    get stage() {
        if (this.transfer?.begun) return 'transferring';
        return this.transfer ? 'parked' : 'looking';
    }
    /** For how long the first block has been looked for, over all claims; 0 once it is here. */ get lookedMs() {
        return this.stage === 'looking' ? this.claim.pin.lookedMs + this.clock.now().getTime() - this.since : 0;
    }
    /** A block came. */ arrived(bytes) {
        this.progress.blocks += 1;
        this.progress.bytes += bytes;
        this.lastBlockAt = this.clock.now().getTime();
    }
    /** So many origins are connected now. */ connected(sources) {
        this.progress.sources = sources;
    }
    /** Resolves when it may take a block: at once, unless others are to have the slot now. @throws the signal's reason */ async waitForSlot() {
        this.transfer ??= this.slots.join(this.claim.pin.userId);
        if (this.transfer.running) this.signal.throwIfAborted();
        else await this.withoutTimeout(this.transfer.turn(this.signal));
    }
    /** What somebody else watches over is no idling, and waiting for a slot is none either. */ async withoutTimeout(work) {
        this.paused = true;
        try {
            return await work;
        } finally{
            this.paused = false;
            this.lastBlockAt = this.clock.now().getTime();
        }
    }
    /** Stops itself when it has run out of time. */ checkTimeouts() {
        const now = this.clock.now().getTime();
        if (this.stage === 'transferring' && !this.paused) this.transferredMs += now - this.checkedAt;
        this.checkedAt = now;
        const idleMs = this.stage === 'looking' ? this.lookedMs : now - this.lastBlockAt;
        if (!this.paused && idleMs >= this.timeouts.idleMs) this.stopping.abort(new PinStalled(this.timeouts.idleMs / 1000, this.progress.blocks));
        if (this.transferredMs >= this.timeouts.longestMs) this.stopping.abort(new PinTimedOut(this.timeouts.longestMs / 3_600_000, this.progress.blocks));
    }
    /** The pin was removed, or another worker has it: stops, and writes nothing. */ leaseLost() {
        this.stopping.abort(new PinLeaseLost(`the pin ${this.claim.pin.requestId} was removed or taken over`));
    }
    /** Stops, so that a pin which waits can be looked for; this one goes back to the queue. */ preempt() {
        this.stopping.abort(new PinPreempted(`the pin ${this.claim.pin.requestId} goes back to the queue for others`));
    }
    /** Lets its slot go. To be called once the fetch has ended, however it did. */ end() {
        this.transfer?.end();
    }
}

//# sourceMappingURL=pin-fetch-task.js.map
