import { setTimeout as sleep } from 'node:timers/promises';
/** Holds a stream down to a link's bytes per second, on average since it was made; the speed may change meanwhile. */ export class Throttle {
    constructor(bytesPerSecond){
        this.bytesPerSecond = bytesPerSecond;
        this.since = performance.now();
        this.bytes = 0;
    }
    /**
   * Waits until these bytes would have gone through. Pauses below 4 ms are saved up: timers are no more exact than
   * that.
   */ async passed(bytes, signal) {
        this.bytes += bytes;
        const ahead = this.bytes / this.bytesPerSecond() * 1000 - (performance.now() - this.since);
        if (ahead > 4) await sleep(ahead, undefined, {
            signal
        });
    }
}

//# sourceMappingURL=throttle.js.map
