/** Who owns what: rooms register a lookup per kind of thing in `onModuleInit`, the owner guard asks. */ export class OwnerRegistry {
    /** Once per kind. @throws Error for a kind that has a lookup already. */ register(kind, ownerOf, notFound) {
        if (this.kinds.has(kind)) throw new Error(`two owners' lookups for ${kind}`);
        this.kinds.set(kind, {
            ownerOf,
            ...notFound ? {
                notFound
            } : {}
        });
    }
    /** Undefined: no room of this process registered the kind. */ find(kind) {
        return this.kinds.get(kind);
    }
    constructor(){
        this.kinds = new Map();
    }
}

//# sourceMappingURL=owner-registry.js.map
