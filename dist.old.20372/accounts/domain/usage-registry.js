/** How much accounts have: the rooms that keep it register in `onModuleInit`, as with the owner registry. */ export class UsageRegistry {
    /** Several rooms may, each for its own figures. */ register(lookup) {
        this.lookups.push(lookup);
    }
    /** An entry for each account that is asked for. */ async of(users) {
        const found = await Promise.all(this.lookups.map((lookup)=>lookup(users)));
        return new Map(users.map((user)=>[
                user,
                Object.assign({}, ...found.map((figures)=>figures.get(user) ?? {}))
            ]));
    }
    constructor(){
        this.lookups = [];
    }
}

//# sourceMappingURL=usage-registry.js.map
