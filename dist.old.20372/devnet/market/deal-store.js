/** Fields that are a bigint in code and decimal text in the stored JSON. */ const BIG = [
    'pricePerEpoch',
    'providerCollateral',
    'clientCollateral'
];
/** Deals by number, proposal CID, chain deal id, state and the epoch they wait for. */ export class DealStore {
    constructor(db){
        this.db = db;
        this.watchers = new Set();
    }
    /** Gives the deal its number. Rejects (throws) a proposal CID that exists. */ add(deal) {
        const { id } = this.db.run('insert into deals(proposal_cid, miner, state, wake, doc) values (?, ?, ?, ?, ?)', deal.proposalCid, deal.provider, deal.state, deal.wake, '{}');
        const added = {
            ...deal,
            n: id
        };
        this.save(added);
        return added;
    }
    /** Writes the deal as it is and tells the watchers, inside the transaction if there is one. */ save(deal) {
        this.db.run('update deals set state = ?, wake = ?, deal_id = ?, doc = ? where n = ?', deal.state, deal.wake, deal.dealId ?? null, write(deal), deal.n);
        for (const watcher of this.watchers)watcher(deal);
    }
    get(n) {
        return read(this.db.one('select doc from deals where n = ?', n));
    }
    byProposal(cid) {
        return read(this.db.one('select doc from deals where proposal_cid = ?', cid));
    }
    byDealId(dealId) {
        return read(this.db.one('select doc from deals where deal_id = ?', dealId));
    }
    inState(...states) {
        return states.flatMap((state)=>readAll(this.db.all('select doc from deals where state = ? order by n', state)));
    }
    /** Deals whose `wake` has come, oldest first. */ due(height) {
        return readAll(this.db.all('select doc from deals where wake is not null and wake <= ? order by n', height));
    }
    /** The next epoch in which a deal does something by itself; undefined when none will. */ nextWake() {
        return this.db.one('select min(wake) as wake from deals where wake is not null')?.wake ?? undefined;
    }
    all() {
        return readAll(this.db.all('select doc from deals order by n'));
    }
    /** One more than the highest so far; numbers on chain start at 1. */ nextDealId() {
        return (this.db.one('select max(deal_id) as id from deals')?.id ?? 0) + 1;
    }
    /** How many deals this miner was ever offered. */ countOf(miner) {
        return this.db.one('select count(*) as n from deals where miner = ?', miner)?.n ?? 0;
    }
    /** Called with each saved deal; returns what ends it. */ watch(watcher) {
        this.watchers.add(watcher);
        return ()=>this.watchers.delete(watcher);
    }
}
function write(deal) {
    return JSON.stringify(deal, (_key, value)=>typeof value === 'bigint' ? String(value) : value);
}
function read(row) {
    if (!row) return undefined;
    return JSON.parse(String(row['doc']), (key, value)=>BIG.includes(key) ? BigInt(String(value)) : value);
}
function readAll(rows) {
    return rows.map(read).filter((deal)=>deal !== undefined);
}

//# sourceMappingURL=deal-store.js.map
