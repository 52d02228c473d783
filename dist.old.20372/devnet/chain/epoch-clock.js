import { isDiskFull } from '../storage/disk-space.js';
/** Between two tries on a full disk. */ const FULL_PAUSE_MS = 1_000;
/**
 * The chain's head. Its height is stored with every epoch and never goes back, however the process ends; the time that
 * the process was away makes no epochs. What happens in an epoch runs in the same transaction as the new height.
 */ export class EpochClock {
    constructor(db, epochMs, now = Date.now, say = (line)=>void process.stderr.write(`${line}\n`)){
        this.db = db;
        this.epochMs = epochMs;
        this.now = now;
        this.say = say;
        this.full = false;
        this.listeners = new Set();
        /** Called with each new height, inside its transaction. */ this.onEpoch = ()=>undefined;
        this.height = Number(db.meta('height', ()=>'1'));
        if (!db.one('select 1 from clock limit 1')) this.openSegment(0, this.now() - epochMs);
        this.segment = this.openSegment(this.height, this.now());
    }
    /** Called after each new height is stored; a jump calls it once. */ subscribe(listener) {
        this.listeners.add(listener);
        return ()=>this.listeners.delete(listener);
    }
    /** One epoch every `epochMs`, reckoned from the start and not from the last one, so that delays do not add up. */ start() {
        const due = ()=>this.segment.start_ms + (this.height + 1 - this.segment.start_height) * this.epochMs;
        const next = ()=>{
            this.timer = setTimeout(()=>{
                this.tick(due());
                next();
            }, this.full ? FULL_PAUSE_MS : Math.max(0, due() - this.now()));
        };
        next();
    }
    /** No epoch begins after this; the stored height stays. */ stop() {
        clearTimeout(this.timer);
    }
    /**
   * Passes epochs at once and tells the subscribers once. `quietUntil` names the next height at which something is due;
   * the epochs before it are skipped over. Later epochs are reckoned from now.
   */ advance(epochs, quietUntil) {
        const target = this.height + epochs;
        while(this.height < target){
            const due = Math.min(target, Math.max(quietUntil() ?? target, this.height + 1));
            this.moveTo(due);
        }
        this.segment = this.openSegment(this.height, this.now());
        this.announce();
    }
    /**
   * Unix seconds of a tipset, by the stretch of time (restart or jump) that its height belongs to: the past keeps its
   * times.
   */ timestamp(height) {
        const segment = this.db.one('select * from clock where start_height <= ? order by start_height desc limit 1', height) ?? this.segment;
        return Math.floor((segment.start_ms + (height - segment.start_height) * segment.epoch_ms) / 1000);
    }
    /** A chain whose node has no disk stands still, and goes on when it has. */ tick(dueMs) {
        try {
            // After a pause of the machine the chain goes on from here instead of racing to catch up.
            if (this.now() - dueMs > 10 * this.epochMs) this.segment = this.openSegment(this.height, this.now() - this.epochMs);
            this.step();
            if (this.full) this.say(`devnet: there is room again; the chain goes on from epoch ${this.height}`);
            this.full = false;
        } catch (error) {
            if (!isDiskFull(error)) throw error;
            if (!this.full) this.say(`devnet: the disk is full; the chain stands still at epoch ${this.height} until there is room`);
            this.full = true;
        }
    }
    step() {
        this.moveTo(this.height + 1);
        this.announce();
    }
    /** The new height and what happens in it, in one transaction; on an error the height is as before. */ moveTo(height) {
        const before = this.height;
        try {
            this.db.transaction(()=>{
                this.height = height;
                this.db.setMeta('height', String(height));
                this.onEpoch(height);
            });
        } catch (error) {
            this.height = before;
            throw error;
        }
    }
    announce() {
        for (const listener of this.listeners)listener(this.height);
    }
    /** Writes down that `start_height` was at `start_ms`, and that epochs take `epochMs` from there. */ openSegment(start_height, start_ms) {
        this.db.run(`insert into clock(start_height, start_ms, epoch_ms) values (?, ?, ?)
       on conflict(start_height) do update set start_ms = excluded.start_ms, epoch_ms = excluded.epoch_ms`, start_height, Math.round(start_ms), this.epochMs);
        return {
            start_height,
            start_ms,
            epoch_ms: this.epochMs
        };
    }
}

//# sourceMappingURL=epoch-clock.js.map
