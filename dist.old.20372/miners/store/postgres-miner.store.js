function _ts_decorate(decorators, target, key, desc) {
    var c = arguments.length, r = c < 3 ? target : desc === null ? desc = Object.getOwnPropertyDescriptor(target, key) : desc, d;
    if (typeof Reflect === "object" && typeof Reflect.decorate === "function") {
        r = Reflect.decorate(decorators, target, key, desc);
    } else {
        for(var i = decorators.length - 1; i >= 0; i--){
            if (d = decorators[i]) {
                r = (c < 3 ? d(r) : c > 3 ? d(target, key, r) : d(target, key)) || r;
            }
        }
    }
    return c > 3 && r && Object.defineProperty(target, key, r), r;
}
function _ts_metadata(metadataKey, metadataValue) {
    if (typeof Reflect === "object" && typeof Reflect.metadata === "function") {
        return Reflect.metadata(metadataKey, metadataValue);
    }
}
import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, query } from '../../platform/prisma/index.js';
import { Clock, minerId } from '../../shared/index.js';
import { minerSuspended, minerUnsuspended } from '../domain/miners.events.js';
import { MinerStore } from '../ports/miner-store.port.js';
import { LOCK_MINER } from './miners.sql.js';
const withNewestAsk = {
    asks: {
        orderBy: {
            id: 'desc'
        },
        take: 1
    }
};
export class PostgresMinerStore extends MinerStore {
    constructor(database, outbox, clock){
        super(), this.database = database, this.outbox = outbox, this.clock = clock;
    }
    async list() {
        return (await this.database.miner.findMany({
            include: withNewestAsk,
            orderBy: {
                address: 'asc'
            }
        })).map(toMiner);
    }
    async find(address) {
        const row = await this.database.miner.findUnique({
            where: {
                address
            },
            include: withNewestAsk
        });
        return row && toMiner(row);
    }
    async record({ address, ...facts }) {
        const data = {
            ...facts,
            updatedAt: this.clock.now()
        };
        await this.database.miner.upsert({
            where: {
                address
            },
            create: {
                address,
                ...data
            },
            update: data
        });
    }
    async heardAsk(address, ask, at) {
        await this.database.transaction(async (tx)=>{
            const { count } = await tx.miner.updateMany({
                where: {
                    address
                },
                data: {
                    askError: null,
                    askErrorAt: null
                }
            });
            if (count === 0) return;
            const newest = await tx.minerAsk.findFirst({
                where: {
                    miner: address
                },
                orderBy: {
                    id: 'desc'
                }
            });
            if (newest && sameAsk(toAsk(newest), ask)) await tx.minerAsk.update({
                where: {
                    id: newest.id
                },
                data: {
                    seenAt: at
                }
            });
            else await tx.minerAsk.create({
                data: {
                    miner: address,
                    price: String(ask.price),
                    verifiedPrice: String(ask.verifiedPrice),
                    minPieceSize: ask.minPieceSize,
                    maxPieceSize: ask.maxPieceSize,
                    at,
                    seenAt: at
                }
            });
        });
    }
    async missedAsk(address, reason, at) {
        await this.database.miner.updateMany({
            where: {
                address
            },
            data: {
                askError: reason,
                askErrorAt: at
            }
        });
    }
    async changeStanding(address, change) {
        await this.database.transaction(async (tx)=>{
            await query(tx, LOCK_MINER, [
                address
            ]);
            const row = await tx.miner.findUnique({
                where: {
                    address
                }
            });
            if (!row) return;
            const { breaker, success } = change(standingOf(row));
            await tx.miner.update({
                where: {
                    address
                },
                data: {
                    failures: breaker.failures,
                    openUntil: breaker.openUntil,
                    successScore: success.share,
                    successWeight: success.weight,
                    scoredAt: success.at
                }
            });
        });
    }
    async claimProbe(address, now, until) {
        const { count } = await this.database.miner.updateMany({
            where: {
                address,
                openUntil: {
                    lte: now
                }
            },
            data: {
                openUntil: until
            }
        });
        return count === 1;
    }
    async suspend(address, reason, until) {
        return this.database.transaction(async (tx)=>{
            const { count } = await tx.miner.updateMany({
                where: {
                    address
                },
                data: {
                    suspended: true,
                    suspendedReason: reason,
                    suspendedUntil: until,
                    updatedAt: this.clock.now()
                }
            });
            if (count === 1) await this.outbox.add(tx, minerSuspended, {
                miner: address,
                reason,
                until: until?.toISOString() ?? null
            });
            return count === 1;
        });
    }
    async unsuspend(address) {
        return this.database.transaction(async (tx)=>{
            const { count } = await tx.miner.updateMany({
                where: {
                    address
                },
                data: {
                    suspended: false,
                    suspendedReason: null,
                    suspendedUntil: null,
                    updatedAt: this.clock.now()
                }
            });
            if (count === 1) await this.outbox.add(tx, minerUnsuspended, {
                miner: address
            });
            return count === 1;
        });
    }
    async rename(address, name) {
        return (await this.database.miner.updateMany({
            where: {
                address
            },
            data: {
                name,
                updatedAt: this.clock.now()
            }
        })).count === 1;
    }
}
PostgresMinerStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Outbox === "undefined" ? Object : Outbox,
        typeof Clock === "undefined" ? Object : Clock
    ])
], PostgresMinerStore);
function toMiner(row) {
    const [ask] = row.asks;
    return {
        address: minerId(row.address),
        name: row.name,
        peerId: row.peerId,
        addresses: row.addresses,
        httpUrl: row.httpUrl,
        owner: row.owner,
        worker: row.worker,
        version: row.version,
        suspended: row.suspended,
        suspendedReason: row.suspendedReason,
        suspendedUntil: row.suspendedUntil,
        ...standingOf(row),
        ask: ask ? toAsk(ask) : null,
        askError: row.askError,
        createdAt: row.createdAt
    };
}
function standingOf(row) {
    return {
        breaker: {
            failures: row.failures,
            openUntil: row.openUntil
        },
        success: {
            share: row.successScore,
            weight: row.successWeight,
            at: row.scoredAt
        }
    };
}
function toAsk(row) {
    return {
        price: BigInt(row.price.toFixed(0)),
        verifiedPrice: BigInt(row.verifiedPrice.toFixed(0)),
        minPieceSize: row.minPieceSize,
        maxPieceSize: row.maxPieceSize,
        at: row.at,
        seenAt: row.seenAt
    };
}
function sameAsk(a, b) {
    return a.price === b.price && a.verifiedPrice === b.verifiedPrice && a.minPieceSize === b.minPieceSize && a.maxPieceSize === b.maxPieceSize;
}

//# sourceMappingURL=postgres-miner.store.js.map
