import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { canVerify, hashMatches } from '../../ipld/index.js';
import { dialable, TCP_AND_QUIC, UnsupportedDag } from '../../network/index.js';
import { KuboForbidden, KuboRefused, KuboUnreachable } from './kubo.errors.js';
/** No block for this long: Kubo is told of the origins again. Twice as long every time. */ const QUIET_MS = 10_000;
const LONGEST_QUIET_MS = 120_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** Kubo says no to the same block so often, and it is an answer. */ const MOST_REFUSALS = 4;
/**
 * One fetch, block by block, through our Kubo: from its own store, from the origins, and from whomever it finds. Waits
 * while Kubo is away, and tells it of the origins again while nothing comes.
 */ export class KuboFetchSession {
    constructor(kubo, options, policy){
        this.kubo = kubo;
        this.options = options;
        this.policy = policy;
        this.done = new AbortController();
        this.connected = new Set();
        this.quietMs = QUIET_MS;
        this.connecting = null;
        setMaxListeners(Infinity, this.done.signal);
    }
    /** Tells Kubo of the origins. */ open() {
        this.connect();
        this.watch();
    }
    /** Kubo is told nothing any more. Idempotent. */ close() {
        clearTimeout(this.timer);
        this.done.abort(new Error('the fetch is over'));
    }
    /**
   * One block, verified by its hash.
   * @throws UnsupportedDag for a hash that cannot be verified, KuboRefused after four refusals, KuboWrongBytes,
   * KuboAnswerBroken.
   */ async load(cid, signal) {
        if (!canVerify(cid)) throw new UnsupportedDag(`${cid.toString()} has hash 0x${cid.multihash.code.toString(16)}, which cannot be verified`);
        const local = await this.options.have(cid);
        if (local !== null) return local;
        const bytes = await this.ask(cid, signal);
        // Kubo has checked what came from others; this is about Kubo's disk, and about the line.
        if (!hashMatches(cid, bytes)) throw this.kubo.wrongBytes(cid);
        this.arrived();
        return bytes;
    }
    /** Waits while Kubo is away, and a little where it says no; an answer that broke off is asked for again. */ async ask(cid, signal) {
        let refusals = 0;
        for(let pauseMs = FIRST_PAUSE_MS;; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)){
            try {
                return await this.kubo.block(cid, signal);
            } catch (error) {
                signal.throwIfAborted();
                if (error instanceof KuboUnreachable || error instanceof KuboForbidden) this.connected.clear();
                else if (!(error instanceof KuboRefused) || ++refusals === MOST_REFUSALS) throw error;
            }
            await sleep(pauseMs, undefined, {
                signal
            });
            if (this.connected.size === 0) this.connect();
        }
    }
    arrived() {
        const isCalm = this.quietMs === QUIET_MS;
        this.quietMs = QUIET_MS;
        if (isCalm && !this.done.signal.aborted) this.timer?.refresh();
        else this.watch();
    }
    /** (Re)starts the clock that runs while nothing comes. */ watch() {
        clearTimeout(this.timer);
        if (this.done.signal.aborted) return;
        this.timer = setTimeout(()=>{
            this.quietMs = Math.min(this.quietMs * 2, LONGEST_QUIET_MS);
            this.connect();
            this.watch();
        }, this.quietMs);
    }
    connect() {
        this.connecting ??= this.connectAll().finally(()=>{
            this.connecting = null;
        });
    }
    /** Best effort: an origin that cannot be reached is no failure (Pinning Service API 1.0.0, "Provider hints"). */ async connectAll() {
        if (this.options.origins.length === 0) return;
        const addresses = await Promise.all(this.options.origins.map((origin)=>dialable(origin, this.policy, TCP_AND_QUIC)));
        const peers = Map.groupBy(addresses.filter((address)=>address !== null), peerOf);
        await Promise.all([
            ...peers
        ].map(async ([peer, ways])=>{
            if (peer !== null) await this.connectPeer(peer, ways);
        }));
    }
    /** One way after the other until one leads there. */ async connectPeer(peer, ways) {
        for (const way of ways){
            if (this.done.signal.aborted) return;
            if (!await this.kubo.connect(way, this.done.signal)) continue;
            if (this.connected.has(peer)) return;
            this.connected.add(peer);
            this.options.onSources?.(this.connected.size);
            return;
        }
    }
}
/** Kubo connects to peers, not to addresses: one without a peer id is of no use to it. */ function peerOf(address) {
    return address.getComponents().find((part)=>part.name === 'p2p')?.value ?? null;
}

//# sourceMappingURL=kubo-fetch-session.js.map
