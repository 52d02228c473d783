/** Bitswap tells a peer "don't have" when it meets this name. */ let NotFoundError = class NotFoundError extends Error {
    constructor(...args){
        super(...args), this.name = 'NotFoundError';
    }
};
/**
 * The CAR store as Helia sees it: a view to read from. What Helia fetches is not kept here; the fetch that asked for it
 * gets the bytes and writes them to a CAR, from which this view then serves them.
 */ export class HotBlockstore {
    constructor(blocks){
        this.blocks = blocks;
    }
    has(cid) {
        return this.blocks.has(cid);
    }
    async *get(cid) {
        const bytes = await this.blocks.get(cid);
        if (bytes === null) throw new NotFoundError(`${cid.toString()} is not on this node`);
        yield bytes;
    }
    async *getMany(cids) {
        for await (const cid of cids)yield {
            cid,
            bytes: this.get(cid)
        };
    }
    put(cid) {
        return Promise.resolve(cid);
    }
    async *putMany(pairs) {
        for await (const { cid } of pairs)yield cid;
    }
    delete() {
        return Promise.reject(refusal());
    }
    async *deleteMany() {
        await Promise.reject(refusal());
    }
    async *getAll() {
        await Promise.reject(refusal());
    }
}
/** Garbage is collected by the content room, never by Helia. */ function refusal() {
    return new Error('the CAR store is only read here');
}

//# sourceMappingURL=hot-blockstore.js.map
