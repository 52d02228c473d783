/** One fact, read once for all who ask at the same time, never older than `keepMs`. */ export class CachedFact {
    constructor(load, policy, clock){
        this.load = load;
        this.policy = policy;
        this.clock = clock;
    }
    /** @throws what the source throws when there is nothing young enough to give. */ async get() {
        const ageMs = this.age();
        if (!this.known || ageMs > this.policy.keepMs) await this.refresh();
        else if (ageMs > this.policy.freshMs) this.refresh().catch(()=>undefined);
        return this.give();
    }
    /** Never older than `freshMs`: waits for the source. @throws what the source throws. */ async fresh() {
        if (!this.known || this.age() > this.policy.freshMs) await this.refresh();
        return this.give();
    }
    /** One load for all who want it meanwhile. */ refresh() {
        this.loading ??= this.load().then((value)=>{
            this.known = {
                value,
                at: this.clock.now().getTime()
            };
            return value;
        }).finally(()=>{
            this.loading = undefined;
        });
        return this.loading;
    }
    age() {
        return this.known ? this.clock.now().getTime() - this.known.at : Infinity;
    }
    give() {
        if (!this.known) throw new Error('a fact was given before it was read');
        return {
            value: this.known.value,
            at: new Date(this.known.at),
            ageMs: this.age()
        };
    }
}

//# sourceMappingURL=cached-fact.js.map
