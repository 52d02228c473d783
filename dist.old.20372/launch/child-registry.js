import { setTimeout as sleep } from 'node:timers/promises';
import { readJson, writeJson } from './data-folder.js';
import { findProcess, isSameProcess } from './process-identity.js';
/**
 * Writes down which processes run, so that the start after a killed launcher can wait until they have gone:
 * two API processes on one data folder would both append to the open segment.
 */ export class ChildRegistry {
    constructor(path){
        this.running = new Map();
        this.path = path;
    }
    /**
   * Writes the process down under `name`, in place of an earlier one of that name. One that has already ended is left
   * out. The file is written before this returns.
   */ add(name, pid) {
        const identity = findProcess(pid);
        if (identity === null) return;
        this.running.set(name, identity);
        this.save();
    }
    /** Forgets a process that has ended. Harmless when the name is not known. */ remove(name) {
        if (this.running.delete(name)) this.save();
    }
    /**
   * Ends what an earlier launcher left behind. They end by themselves when their launcher vanishes; those that
   * have not after `timeoutMs` are killed. Resolves to the names that were still there.
   */ async endLeftovers(timeoutMs = 5_000) {
        const saved = Object.entries(readJson(this.path) ?? {}).filter(([, identity])=>isRunning(identity));
        const deadline = performance.now() + timeoutMs;
        while(saved.some(([, identity])=>isRunning(identity))){
            if (performance.now() > deadline) {
                for (const [, identity] of saved)if (isRunning(identity)) process.kill(identity.pid, 'SIGKILL');
            }
            await sleep(50);
        }
        return saved.map(([name])=>name);
    }
    /**
   * A full disk must not end the launcher and all that it keeps running: what is written down may be older for a while,
   * children leave by themselves all the same.
   */ save() {
        try {
            writeJson(this.path, Object.fromEntries(this.running));
        } catch (error) {
            if (error.code !== 'ENOSPC') throw error;
        }
    }
}
/** By number and start time: a stranger that has got the number since is not taken for ours. */ function isRunning(identity) {
    const living = findProcess(identity.pid);
    return living !== null && isSameProcess(living, identity);
}

//# sourceMappingURL=child-registry.js.map
