import { IdentityTooLong, linksOf, nodeKey } from '../../ipld/index.js';
import { FetchFailed } from './retrieval.errors.js';
/**
 * How much of a DAG is here and verified. A block is taken when its bytes hash to its CID and something that was taken
 * before links to it (the root: nothing needs to), so no stranger can make us keep what was not asked for. What one
 * miner sent still counts when the next one is asked.
 */ export class DagProgress {
    constructor(root, hashMatches){
        this.hashMatches = hashMatches;
        /** Linked to, not here yet. */ this.wanted = new Set();
        /** Here and reachable, with the attempt in which it came last. */ this.reached = new Map();
        /** Here and intact, but nothing links to it so far: only in streams whose order is not from the root down. */ this.unlinked = new Map();
        this.attempt = 0;
        this.references = 1;
        this.repeats = 0;
        this.want([
            root
        ]);
    }
    get complete() {
        return this.wanted.size === 0;
    }
    get blocks() {
        return this.reached.size;
    }
    /** Another source begins: blocks that came before may come once more. */ begin() {
        this.attempt++;
        this.repeats = 0;
    }
    /**
   * A block out of a stream that goes from the root down. True: new, keep it. False: here already.
   * @throws FetchFailed 'wrong-bytes' naming the block.
   */ accept(cid, bytes) {
        const key = nodeKey(cid);
        if (this.reached.has(key)) return this.repeat(key, cid);
        if (!this.wanted.has(key)) throw new FetchFailed('wrong-bytes', `block ${cid.toString()} was not asked for`);
        this.check(cid, bytes);
        this.reach(key, linksIn(cid, bytes));
        return true;
    }
    /**
   * A block out of a stretch in any order; `strays` tells afterwards whether one did not belong. True: new, keep it.
   * False: here already.
   * @throws FetchFailed 'wrong-bytes' naming the block.
   */ acceptUnordered(cid, bytes) {
        const key = nodeKey(cid);
        if (this.reached.has(key)) return this.repeat(key, cid);
        if (this.unlinked.has(key)) return false;
        this.check(cid, bytes);
        const links = linksIn(cid, bytes);
        if (this.wanted.has(key)) this.reach(key, links);
        else this.unlinked.set(key, links);
        return true;
    }
    /** Blocks that nothing links to. */ get strays() {
        return this.unlinked.size;
    }
    /** @throws FetchFailed 'wrong-bytes', also for hashes that cannot be computed here. */ check(cid, bytes) {
        if (!this.hashMatches(cid, bytes)) throw new FetchFailed('wrong-bytes', `the bytes of block ${cid.toString()} do not match its hash`);
    }
    /** A stream with duplicates repeats a block at most as often as it is linked to. */ repeat(key, cid) {
        if (this.reached.get(key) === this.attempt && ++this.repeats > this.references) throw new FetchFailed('wrong-bytes', `block ${cid.toString()} came again and again`);
        this.reached.set(key, this.attempt);
        return false;
    }
    /** The block counts, and with it all that came before it and that it leads to, however deep. */ reach(key, links) {
        const waiting = [
            [
                key,
                links
            ]
        ];
        for(let next = waiting.pop(); next !== undefined; next = waiting.pop()){
            const [reachedKey, reachedLinks] = next;
            this.wanted.delete(reachedKey);
            this.reached.set(reachedKey, this.attempt);
            this.references += reachedLinks.length;
            for (const wantedKey of this.want(reachedLinks)){
                const known = this.unlinked.get(wantedKey);
                if (known === undefined) continue;
                this.unlinked.delete(wantedKey);
                waiting.push([
                    wantedKey,
                    known
                ]);
            }
        }
    }
    /** Gives those that had not been reached. Identity CIDs carry their bytes themselves. */ want(cids) {
        const fresh = cids.filter((cid)=>cid.multihash.code !== 0).map(nodeKey).filter((key)=>!this.reached.has(key));
        for (const key of fresh)this.wanted.add(key);
        return fresh;
    }
}
/**
 * Bytes that their codec cannot read have no links.
 * @throws FetchFailed 'wrong-bytes' for a link that carries over 128 bytes.
 */ function linksIn(cid, bytes) {
    try {
        return linksOf(cid, bytes, 'lenient');
    } catch (error) {
        if (error instanceof IdentityTooLong) throw new FetchFailed('wrong-bytes', `block ${cid.toString()}: ${error.message}`, error);
        throw error;
    }
}

//# sourceMappingURL=dag-progress.js.map
