import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { padPiece } from '../storage/piece-cid.js';
import { readInPlace } from '../storage/read-in-place.js';
import { Throttle } from './throttle.js';
/** More wait for their turn, in the order of their start. */ const AT_ONCE_PER_MINER = 4;
/** Its message is what the miner says, as it is. */ let Refused = class Refused extends Error {
};
/**
 * Miners pulling CARs: every one reads all bytes at its own speed and hashes them; the copy and commP are shared by
 * SHA-256.
 */ export class Transfers {
    constructor(roster, carStore, chance, outcome){
        this.roster = roster;
        this.carStore = carStore;
        this.chance = chance;
        this.outcome = outcome;
        this.running = new Map();
        this.waiting = [];
        this.busy = new Map();
        this.progress = new Map();
    }
    /**
   * Starts or queues the transfer; without effect for one that runs. After a restart it is called again, and begins at
   * the first byte, unless all bytes had arrived.
   */ start(deal) {
        if (this.running.has(deal.n)) return;
        if ((this.busy.get(deal.provider) ?? 0) >= AT_ONCE_PER_MINER) {
            this.waiting.push(deal);
            return;
        }
        const control = new AbortController();
        this.running.set(deal.n, control);
        this.busy.set(deal.provider, (this.busy.get(deal.provider) ?? 0) + 1);
        void this.run(deal, control.signal).finally(()=>this.ended(deal));
    }
    /** Bytes so far. */ transferred(deal) {
        return this.progress.get(deal.n) ?? deal.transferred;
    }
    /** The client stops a transfer that runs or waits. */ cancel(n) {
        const queued = this.waiting.findIndex((deal)=>deal.n === n);
        if (queued >= 0) this.waiting.splice(queued, 1);
        this.running.get(n)?.abort();
    }
    /** Ends all transfers without an outcome: the next start takes them up. */ stop() {
        this.waiting.length = 0;
        for (const control of this.running.values())control.abort();
    }
    ended(deal) {
        this.running.delete(deal.n);
        this.progress.delete(deal.n);
        this.busy.set(deal.provider, (this.busy.get(deal.provider) ?? 1) - 1);
        const next = this.waiting.findIndex((queued)=>queued.provider === deal.provider);
        const [queued] = next >= 0 ? this.waiting.splice(next, 1) : [];
        if (queued) this.start(queued);
    }
    async run(deal, signal) {
        try {
            const sha = deal.sha ?? await this.pull(deal, signal);
            signal.throwIfAborted();
            await this.verify(deal, sha, signal);
        } catch (error) {
            if (signal.aborted) return;
            const reason = error instanceof Error ? error.message : String(error);
            this.outcome.failed(deal.n, error instanceof Refused ? reason : `failed to complete data transfer: ${reason}`);
        }
    }
    /** Returns SHA-256 in hex of the bytes as this miner read them. */ async pull(deal, signal) {
        const miner = this.roster.find(deal.provider);
        if (!miner) throw new Error(`miner ${deal.provider} not found`);
        await sleep(2 * miner.latencyMs, undefined, {
            signal
        });
        const { size } = await stat(deal.path);
        const vanishAt = this.chance.of('vanish', deal.provider, deal.nth) * 0.6 * size + 0.2 * size;
        if (this.roster.character(miner) !== 'vanish') void this.carStore.take(deal.path).catch(()=>undefined);
        const sha = createHash('sha256');
        const throttle = new Throttle(()=>this.roster.speed(miner));
        let bytes = 0;
        for await (const chunk of readInPlace(deal.path)){
            signal.throwIfAborted();
            this.checkStillThere(miner, bytes + chunk.length > vanishAt);
            sha.update(chunk);
            bytes += chunk.length;
            this.progress.set(deal.n, bytes);
            await throttle.passed(chunk.length, signal);
        }
        const digest = sha.digest('hex');
        this.outcome.received(deal.n, digest, bytes);
        return digest;
    }
    /** @throws Refused when the miner cannot be reached any more. */ checkStillThere(miner, far) {
        const character = this.roster.character(miner);
        if (character === 'down' || character === 'vanish' && far) {
            throw new Refused(`could not complete data transfer, could not connect to provider ${miner.address}`);
        }
    }
    /** The miner's own commP over what it received must be the proposal's. */ async verify(deal, sha, signal) {
        const car = await this.carStore.take(deal.path).catch((error)=>{
            throw new Refused(`deal failed: (State=26) deal data verification failed: error generating CommP: ${error.message}`);
        });
        if (signal.aborted) return;
        const problem = mismatch(deal, sha, car);
        if (problem) {
            this.carStore.removeUnreferenced(car.id);
            throw new Refused(`deal failed: (State=26) deal data verification failed: ${problem}`);
        }
        // Another deal over the same bytes may have dropped them in between.
        if (!this.carStore.has(car.id)) return this.verify(deal, sha, signal);
        this.outcome.verified(deal.n, car.id);
    }
}
/** The reason in words; undefined when bytes, piece CID and piece size agree. */ function mismatch(deal, sha, car) {
    if (car.sha !== sha) return `the CAR changed during the transfer: received sha-256 ${sha}, then ${car.sha}`;
    const { pieceCid, pieceSize } = padPiece(car, deal.pieceSize);
    if (pieceCid === deal.pieceCid && pieceSize === deal.pieceSize) return undefined;
    return `proposal CommP doesn't match calculated CommP: proposed ${deal.pieceCid} (${deal.pieceSize}), ` + `calculated ${pieceCid} (${pieceSize})`;
}

//# sourceMappingURL=transfers.js.map
