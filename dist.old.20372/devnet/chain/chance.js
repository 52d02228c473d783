import { createHash } from 'node:crypto';
/**
 * The only source of "chance" here: a number in [0, 1) that follows from the seed and what is asked about. Same seed,
 * same history.
 */ export class Chance {
    constructor(seed){
        this.seed = seed;
    }
    /** Always the same number for the same question, from 0 up to but not including 1. */ of(...about) {
        const digest = createHash('sha256').update([
            this.seed,
            ...about
        ].join('/')).digest();
        return digest.readUIntBE(0, 6) / 2 ** 48;
    }
    /** A whole number from `low` to `high`, both included. */ between(low, high, ...about) {
        return low + Math.floor(this.of(...about) * (high - low + 1));
    }
    /** A new list in an order that follows from the seed and `label`. */ shuffled(items, label) {
        return items.map((item, index)=>({
                item,
                rank: this.of(label, index)
            })).sort((a, b)=>a.rank - b.rank).map(({ item })=>item);
    }
}

//# sourceMappingURL=chance.js.map
