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
import { Database } from '../../platform/prisma/index.js';
import { userId } from '../../shared/index.js';
import { DEFAULT_PIN_WEIGHT } from '../domain/limits.js';
import { LimitStore } from '../ports/limit-store.port.js';
export class PostgresLimitStore extends LimitStore {
    constructor(db){
        super(), this.db = db;
    }
    async find(user) {
        const row = await this.db.accountLimit.findUnique({
            where: {
                userId: user
            }
        });
        return row && limitsOf(row);
    }
    async ofMany(users) {
        const rows = await this.db.accountLimit.findMany({
            where: {
                userId: {
                    in: [
                        ...users
                    ]
                }
            }
        });
        return new Map(rows.map((row)=>[
                userId(row.userId),
                limitsOf(row)
            ]));
    }
    async weights() {
        const rows = await this.db.accountLimit.findMany({
            where: {
                pinWeight: {
                    not: DEFAULT_PIN_WEIGHT
                }
            },
            select: {
                userId: true,
                pinWeight: true
            }
        });
        return new Map(rows.map((row)=>[
                userId(row.userId),
                row.pinWeight
            ]));
    }
    async set(user, { bytesQuota, dataCapPerDay, priceCap, verifiedPriceCap, spendPerDay, ...plain }) {
        const change = {
            ...Object.fromEntries(Object.entries(plain).filter(([, value])=>value !== undefined)),
            ...bytesQuota === undefined ? {} : {
                bytesQuota: bytesQuota === null ? null : BigInt(bytesQuota)
            },
            ...dataCapPerDay === undefined ? {} : {
                dataCapPerDay: dataCapPerDay === null ? null : BigInt(dataCapPerDay)
            },
            ...priceCap === undefined ? {} : {
                priceCap: priceCap?.toString() ?? null
            },
            ...verifiedPriceCap === undefined ? {} : {
                verifiedPriceCap: verifiedPriceCap?.toString() ?? null
            },
            ...spendPerDay === undefined ? {} : {
                spendPerDay: spendPerDay?.toString() ?? null
            }
        };
        return limitsOf(await this.db.accountLimit.upsert({
            where: {
                userId: user
            },
            create: {
                userId: user,
                ...change
            },
            update: {
                ...change,
                updatedAt: new Date()
            }
        }));
    }
}
PostgresLimitStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database
    ])
], PostgresLimitStore);
function limitsOf(row) {
    const { pinWeight, pinsQuota, replicationCap, durationCap } = row;
    return {
        pinWeight,
        pinsQuota,
        replicationCap,
        durationCap,
        bytesQuota: row.bytesQuota === null ? null : Number(row.bytesQuota),
        dataCapPerDay: row.dataCapPerDay === null ? null : Number(row.dataCapPerDay),
        priceCap: row.priceCap === null ? null : BigInt(row.priceCap.toFixed(0)),
        verifiedPriceCap: row.verifiedPriceCap === null ? null : BigInt(row.verifiedPriceCap.toFixed(0)),
        spendPerDay: row.spendPerDay === null ? null : BigInt(row.spendPerDay.toFixed(0))
    };
}

//# sourceMappingURL=postgres-limit.store.js.map
