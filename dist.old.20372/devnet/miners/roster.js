import { idAddress, loopbackHttpMultiaddr, peerId, sameNetwork } from '../chain/addresses.js';
import { charactersOf, characters } from './characters.js';
const MIB = 2 ** 20;
const GIB = 2 ** 30;
const FIRST_MINER_ID = 1000;
const FIRST_OWNER_ID = 2000;
/** Bytes per second. */ export const SLOW_SPEED = 6 * MIB;
/** The miners of this network: who they are follows from the seed, how they behave also from injected faults. */ export class Roster {
    constructor(db, chance, clock, count){
        this.db = db;
        this.clock = clock;
        this.miners = chance.shuffled(charactersOf(count), 'characters').map((nature, index)=>makeMiner(chance, nature, index));
        this.byAddress = new Map(this.miners.map((miner)=>[
                miner.address,
                miner
            ]));
    }
    /** In either network's spelling of the address. */ find(address) {
        return this.byAddress.get(sameNetwork(address));
    }
    /** How the miner behaves now. */ character(miner) {
        return this.fault(miner.address) ?? miner.nature;
    }
    /** Undefined when none was injected, or its last epoch has passed. */ fault(address) {
        const row = this.db.one('select fault, until_epoch from faults where miner = ?', address);
        return row && (row.until_epoch === null || row.until_epoch > this.clock.height) ? row.fault : undefined;
    }
    /** Replaces an earlier fault; without `untilEpoch` it stays until it is cleared. */ setFault(address, fault, untilEpoch) {
        this.db.run(`insert into faults(miner, fault, until_epoch) values (?, ?, ?)
       on conflict(miner) do update set fault = excluded.fault, until_epoch = excluded.until_epoch`, address, fault, untilEpoch ?? null);
    }
    clearFault(address) {
        this.db.run('delete from faults where miner = ?', address);
    }
    clearFaults() {
        this.db.run('delete from faults');
    }
    /** Bytes per second now. */ speed(miner) {
        return this.character(miner) === 'slow' ? Math.min(SLOW_SPEED, miner.linkSpeed) : miner.linkSpeed;
    }
    /** 0 until its HTTP endpoint has listened for the first time. */ port(address) {
        return this.db.one('select port from miners where address = ?', address)?.port ?? 0;
    }
    setPort(address, port) {
        this.db.run('insert into miners(address, port) values (?, ?) on conflict(address) do update set port = excluded.port', address, port);
    }
    multiaddr(address) {
        return loopbackHttpMultiaddr(this.port(address));
    }
}
export function isCharacter(text) {
    return characters.some((known)=>known === text);
}
/** Prices, speeds and latencies are drawn from the seed. */ function makeMiner(chance, nature, index) {
    const address = idAddress(FIRST_MINER_ID + index);
    const price = BigInt(chance.between(2, 50, address, 'price')) * 10_000_000n;
    return {
        address,
        owner: idAddress(FIRST_OWNER_ID + index),
        peerId: peerId(chance.seed, address),
        nature,
        ask: {
            price,
            // Miners earn ten times the power with verified deals and mostly take them for nothing.
            verifiedPrice: nature === 'refuse' ? price : 0n,
            minPieceSize: 256,
            maxPieceSize: index % 5 === 4 ? 32 * GIB : 64 * GIB
        },
        linkSpeed: nature === 'slow' ? SLOW_SPEED : chance.between(50, 160, address, 'speed') * MIB,
        latencyMs: chance.between(20, nature === 'slow' ? 900 : 180, address, 'latency')
    };
}

//# sourceMappingURL=roster.js.map
