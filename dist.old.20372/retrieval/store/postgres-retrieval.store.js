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
import { Leases } from '../../platform/leases/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { Database, query } from '../../platform/prisma/index.js';
import { Clock, retrievalId } from '../../shared/index.js';
import { IllegalRetrievalTransition } from '../domain/retrieval.errors.js';
import { retrievalAttempted, retrievalFinished } from '../domain/retrieval.events.js';
import { canTransition } from '../domain/retrieval.js';
import { FIGURES, RECENT_FAILURES } from './retrieval.sql.js';
export class PostgresRetrievalStore {
    constructor(database, outbox, clock){
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
        this.leases = new Leases({
            table: 'retrievals',
            key: 'id',
            keyType: 'uuid',
            condition: 'live',
            returning: 'root, state'
        }, clock);
    }
    /** The live retrieval of this root, made when there is none: however many ask at once, one row. */ async request(root) {
        for(;;){
            const known = await this.database.retrieval.findFirst({
                where: {
                    root,
                    live: true
                },
                select: {
                    id: true,
                    leaseNumber: true
                }
            });
            if (known) return {
                id: retrievalId(known.id),
                created: false,
                attempts: known.leaseNumber
            };
            const now = this.clock.now();
            // The partial unique index lets one of many through; the others read its row on their next round.
            const made = await this.database.retrieval.createManyAndReturn({
                data: [
                    {
                        root,
                        createdAt: now,
                        updatedAt: now,
                        nextCheckAt: now
                    }
                ],
                skipDuplicates: true,
                select: {
                    id: true
                }
            });
            if (made[0]) return {
                id: retrievalId(made[0].id),
                created: true,
                attempts: 0
            };
        }
    }
    /** Null when there is none. */ async find(id) {
        const row = await this.database.retrieval.findUnique({
            where: {
                id
            }
        });
        return row && toRetrieval(row);
    }
    /** The newest of this root, or null. */ async latest(root) {
        const row = await this.database.retrieval.findFirst({
            where: {
                root
            },
            orderBy: [
                {
                    createdAt: 'desc'
                },
                {
                    id: 'desc'
                }
            ]
        });
        return row && toRetrieval(row);
    }
    /** The timeline, oldest first. */ async transitions(id) {
        return this.database.retrievalMove.findMany({
            where: {
                retrievalId: id
            },
            orderBy: {
                id: 'asc'
            },
            select: {
                from: true,
                to: true,
                cause: true,
                at: true
            }
        });
    }
    /** Newest first. */ async recent(limit) {
        const rows = await this.database.retrieval.findMany({
            orderBy: {
                createdAt: 'desc'
            },
            take: limit
        });
        return rows.map(toRetrieval);
    }
    /** Over all retrievals; reads the whole table. */ async figures() {
        const [row] = await query(this.database, FIGURES, []);
        return {
            total: Number(row?.total ?? 0),
            live: Number(row?.live ?? 0),
            stored: Number(row?.stored ?? 0),
            failed: Number(row?.failed ?? 0),
            bytes: Number(row?.bytes ?? 0),
            medianFirstByteMs: row?.first ?? null
        };
    }
    /**
   * Takes up a live retrieval that nobody has leased (any more): it is `locating` then, from scratch. Null when it is
   * leased or over.
   */ async claim(id, leaseMs) {
        return this.database.transaction(async (tx)=>{
            const lease = await this.leases.claim(tx, id, leaseMs);
            if (!lease) return null;
            const { root, state } = lease.row;
            const at = this.clock.now();
            const fromScratch = {
                reasons: [],
                bytes: 0,
                blocks: 0,
                source: null,
                miner: null,
                firstByteMs: null
            };
            await tx.retrieval.update({
                where: {
                    id
                },
                data: {
                    ...fromScratch,
                    state: 'locating',
                    updatedAt: at
                }
            });
            const cause = lease.number === 1 ? 'taken up' : 'taken up again: its worker was lost';
            await tx.retrievalMove.create({
                data: {
                    retrievalId: id,
                    from: state,
                    to: 'locating',
                    cause,
                    at
                }
            });
            return {
                id,
                root,
                key: lease.key,
                number: lease.number,
                until: lease.until
            };
        });
    }
    /** False: the lease is lost. */ async extend(lease, leaseMs) {
        return (await this.leases.extend(this.database, [
            lease
        ], leaseMs)).length === 0;
    }
    /** Ends the lease, so that the next worker need not wait for it to run out. */ async release(lease) {
        await this.leases.release(this.database, lease, this.clock.now());
    }
    /**
   * @throws LeaseLost when another worker has taken over, IllegalRetrievalTransition when the states do not allow it.
   */ async transition(lease, to, cause) {
        await this.database.transaction((tx)=>this.transitionIn(tx, lease, to, cause, {}));
    }
    /**
   * One try at one source is over: into the row's reasons when it failed, and announced.
   * @throws LeaseLost
   */ async attempted(lease, attempt) {
        const { report } = attempt;
        await this.database.transaction(async (tx)=>{
            const row = await this.lock(tx, lease);
            const reasons = report ? [
                ...row.reasons,
                report
            ] : row.reasons;
            await tx.retrieval.update({
                where: {
                    id: lease.id
                },
                data: {
                    reasons: reasons,
                    updatedAt: this.clock.now()
                }
            });
            await this.announce(tx, lease.id, lease.root, attempt);
        });
    }
    /** One try at retrieving the CAR of a piece, which has no row: announced only. `root` is the CAR's. */ async pieceAttempted(root, attempt) {
        await this.database.transaction((tx)=>this.announce(tx, null, root, attempt));
    }
    /** verified or locating -> stored, announced. @throws LeaseLost */ async stored(lease, outcome) {
        await this.finish(lease, 'stored', outcome, []);
    }
    /** -> failed, announced. The reasons are those of the attempts and these. @throws LeaseLost */ async failed(lease, outcome, more) {
        await this.finish(lease, 'failed', outcome, more);
    }
    /** Live retrievals that nobody has leased, oldest first. */ async findUnleased(limit) {
        const now = this.clock.now();
        const rows = await this.database.retrieval.findMany({
            where: {
                live: true,
                nextCheckAt: {
                    lte: now
                },
                OR: [
                    {
                        leaseUntil: null
                    },
                    {
                        leaseUntil: {
                            lte: now
                        }
                    }
                ]
            },
            orderBy: {
                createdAt: 'asc'
            },
            take: limit,
            select: {
                id: true,
                leaseNumber: true
            }
        });
        return rows.map((row)=>({
                id: retrievalId(row.id),
                attempts: row.leaseNumber
            }));
    }
    /** How often each miner failed in the last `sinceMs`, by our own attempts. */ async recentFailures(miners, sinceMs) {
        if (miners.length === 0) return new Map();
        const since = new Date(this.clock.now().getTime() - sinceMs);
        const rows = await query(this.database, RECENT_FAILURES, [
            since,
            miners
        ]);
        return new Map(rows.map(({ miner, failures })=>[
                miner,
                Number(failures)
            ]));
    }
    /** Into the outbox of this transaction; `id` is null for pieces. */ async announce(tx, id, root, { miner, source, ok, report, firstByteMs, durationMs, bytes }) {
        await this.outbox.add(tx, retrievalAttempted, {
            retrievalId: id,
            root,
            miner,
            source,
            ok,
            phase: report?.phase ?? null,
            reason: report?.reason ?? null,
            firstByteMs,
            durationMs,
            bytes
        });
    }
    /** One transaction: last transition, outcome, event, end of the lease. */ async finish(lease, to, outcome, more) {
        const { cause, source, miner, bytes, blocks, firstByteMs, durationMs } = outcome;
        await this.database.transaction(async (tx)=>{
            const row = await this.lock(tx, lease);
            const reasons = [
                ...row.reasons,
                ...more
            ];
            await this.transitionIn(tx, lease, to, cause, {
                live: false,
                leaseUntil: null,
                nextCheckAt: null,
                source,
                miner,
                bytes: BigInt(bytes),
                blocks,
                firstByteMs,
                durationMs,
                reasons: reasons
            });
            await this.outbox.add(tx, retrievalFinished, {
                retrievalId: lease.id,
                root: lease.root,
                ok: to === 'stored',
                miner,
                bytes,
                durationMs
            });
        });
    }
    /** Writes row and timeline. @throws LeaseLost, IllegalRetrievalTransition */ async transitionIn(tx, lease, to, cause, patch) {
        const row = await this.lock(tx, lease);
        const from = row.state;
        if (!canTransition(from, to)) throw new IllegalRetrievalTransition(`a retrieval does not go from ${from} to ${to}`);
        const now = this.clock.now();
        await tx.retrieval.update({
            where: {
                id: lease.id
            },
            data: {
                ...patch,
                state: to,
                updatedAt: now
            }
        });
        await tx.retrievalMove.create({
            data: {
                retrievalId: lease.id,
                from,
                to,
                cause,
                at: now
            }
        });
    }
    /** The row, locked to the end of the transaction. @throws LeaseLost */ async lock(tx, lease) {
        await this.leases.assertHeld(tx, lease);
        return tx.retrieval.findUniqueOrThrow({
            where: {
                id: lease.id
            }
        });
    }
}
PostgresRetrievalStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Outbox === "undefined" ? Object : Outbox,
        typeof Clock === "undefined" ? Object : Clock
    ])
], PostgresRetrievalStore);
function toRetrieval({ leaseNumber, leaseUntil: _until, nextCheckAt: _next, ...row }) {
    return {
        ...row,
        attempts: leaseNumber,
        id: retrievalId(row.id),
        state: row.state,
        bytes: Number(row.bytes),
        reasons: row.reasons
    };
}

//# sourceMappingURL=postgres-retrieval.store.js.map
