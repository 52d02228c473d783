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
import { Database, Prisma } from '../../platform/prisma/index.js';
import { userId } from '../../shared/index.js';
import { UsernameTaken } from '../domain/accounts.errors.js';
import { AccountStore } from '../ports/account-store.port.js';
import { PostgresLimitStore } from './postgres-limit.store.js';
export class PostgresAccountStore extends AccountStore {
    constructor(db){
        super(), this.db = db;
    }
    async addUser(username, role) {
        try {
            return userOf(await this.db.user.create({
                data: {
                    username,
                    role
                }
            }));
        } catch (error) {
            if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') throw new UsernameTaken(`the name ${username} is taken`);
            throw error;
        }
    }
    async userByName(username) {
        const row = await this.db.user.findUnique({
            where: {
                username
            }
        });
        return row && userOf(row);
    }
    async listUsers(page) {
        const rows = await this.db.user.findMany({
            orderBy: {
                id: 'asc'
            },
            take: page.limit,
            ...page.after === undefined ? {} : {
                where: {
                    id: {
                        gt: page.after
                    }
                }
            }
        });
        return rows.map(userOf);
    }
    async addKey(key) {
        return keyOf(await this.db.apiKey.create({
            data: key
        }));
    }
    async keyByHash(tokenHash) {
        const row = await this.db.apiKey.findUnique({
            where: {
                tokenHash
            },
            include: {
                user: true
            }
        });
        return row && {
            key: keyOf(row),
            user: userOf(row.user)
        };
    }
    async keysOf(owner) {
        return (await this.db.apiKey.findMany({
            where: {
                userId: owner,
                revokedAt: null
            },
            orderBy: {
                id: 'desc'
            }
        })).map(keyOf);
    }
    async revokeKey(owner, which, at) {
        const { count } = await this.db.apiKey.updateMany({
            where: {
                ...which,
                userId: owner,
                revokedAt: null
            },
            data: {
                revokedAt: at
            }
        });
        return count > 0;
    }
    async touchKey(id, at) {
        await this.db.apiKey.updateMany({
            where: {
                id
            },
            data: {
                lastUsedAt: at
            }
        });
    }
}
PostgresAccountStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database
    ])
], PostgresAccountStore);
function userOf(row) {
    return {
        id: userId(row.id),
        username: row.username,
        role: row.role,
        createdAt: row.createdAt
    };
}
function keyOf({ id, tokenHash, label, expiresAt, createdAt, lastUsedAt, revokedAt, ...row }) {
    return {
        id,
        userId: userId(row.userId),
        tokenHash,
        label,
        scope: row.scope,
        expiresAt,
        createdAt,
        lastUsedAt,
        revokedAt
    };
}
/** The stores with a connection of their own, for commands that run outside the processes. */ export function openAccountStores(config) {
    const database = new Database(config);
    return {
        accounts: new PostgresAccountStore(database),
        limits: new PostgresLimitStore(database),
        close: ()=>database.$disconnect()
    };
}

//# sourceMappingURL=postgres-account.store.js.map
