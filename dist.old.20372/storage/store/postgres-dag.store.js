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
import { Database, execute, query } from '../../platform/prisma/index.js';
import { NodeIdentity } from '../../platform/process/index.js';
import { carId } from '../../shared/index.js';
import { placeOf, READABLE_COPIES } from '../domain/car.js';
import { NOTHING_RECLAIMABLE } from '../domain/run-coverage.js';
import { coveredBytes, uncovered } from '../domain/run-coverage.js';
import { NotOffloadable } from '../domain/storage.errors.js';
import { carGone, dagGone } from '../domain/storage.events.js';
import { DagReferences } from '../ports/dag-references.port.js';
import { DISCARD_CARS, LEAVE_NODES, VERIFY_COPIES } from './car.sql.js';
import { CAR_USE, HOT_RUNS_OVER, LOCK_CARS_OF, LOCK_DAG, LOCK_DAG_FOR_COPY, LOCK_HOT_DAG } from './dag.sql.js';
export class PostgresDagStore {
    constructor(database, outbox, references, node){
        this.database = database;
        this.outbox = outbox;
        this.references = references;
        this.node = node;
    }
    /** Hot or offloaded; null when it never was here, or its last reference is gone. */ async find(root) {
        return findIn(this.database, root);
    }
    /** Copy by copy, each in the order of the DAG's bytes. */ async runs(dagId) {
        const rows = await this.database.run.findMany({
            where: {
                dagId
            },
            orderBy: [
                {
                    copy: 'asc'
                },
                {
                    seq: 'asc'
                }
            ]
        });
        return rows.map(({ copy, seq, carId: car, offset, length })=>({
                copy,
                seq,
                carId: car,
                offset: Number(offset),
                length: Number(length)
            }));
    }
    /**
   * A retrieved DAG: a new copy of its runs, hot again. Null when nobody wants it, or it is hot already: the CARs are
   * discarded.
   */ async restore(root, runs, cars) {
        return this.database.transaction(async (tx)=>{
            const [dag] = await query(tx, LOCK_DAG_FOR_COPY, [
                root
            ]);
            if (!dag || dag.hot || !await this.references.isReferenced(tx, dag.id)) {
                await execute(tx, DISCARD_CARS, [
                    cars.map((car)=>car.id)
                ]);
                return dag?.hot ? findIn(tx, root) : null;
            }
            await tx.run.createMany({
                data: runs.map((run)=>({
                        ...run,
                        dagId: dag.id,
                        copy: dag.next
                    }))
            });
            for (const car of cars)await tx.car.update({
                where: {
                    id: car.id
                },
                data: {
                    state: 'sealed',
                    sealedAt: new Date(),
                    bytes: car.bytes,
                    root: car.root
                }
            });
            await execute(tx, VERIFY_COPIES, [
                cars.map((car)=>car.id)
            ]);
            await tx.dag.update({
                where: {
                    id: dag.id
                },
                data: {
                    hot: true
                }
            });
            await this.references.markRestored(tx, [
                dag.id
            ], 'brought back by a retrieval');
            const stored = await findIn(tx, root);
            await this.references.announceRestored(tx, {
                root,
                bytes: stored?.size ?? 0
            });
            return stored;
        }, {
            timeout: 30_000
        });
    }
    async lock(tx, dagId) {
        const [dag] = await query(tx, LOCK_DAG, [
            dagId
        ]);
        return dag ?? null;
    }
    /** The last reference to a locked DAG is gone: its runs are dead. */ async drop(tx, dag) {
        const cars = await this.lockCars(tx, dag.id);
        await tx.run.deleteMany({
            where: {
                dagId: dag.id
            }
        });
        await tx.dag.update({
            where: {
                id: dag.id
            },
            data: {
                hot: false
            }
        });
        await this.outbox.add(tx, dagGone, {
            root: dag.root
        });
        return this.release(tx, cars, carGone);
    }
    /** The DAG leaves this node; its original runs stay as rows. Null when it is not hot. @throws NotOffloadable */ async offload(tx, root) {
        const [dag] = await query(tx, LOCK_HOT_DAG, [
            root
        ]);
        if (!dag) return null;
        const originals = await tx.run.findMany({
            where: {
                dagId: dag.id,
                copy: 0
            },
            select: {
                car: {
                    select: {
                        state: true
                    }
                }
            }
        });
        if (originals.length === 0 || originals.some(({ car })=>car.state !== 'sealed')) throw new NotOffloadable('part of this content is in no sealed piece yet', {
            details: {
                root
            }
        });
        const cars = await this.lockCars(tx, dag.id);
        await tx.run.deleteMany({
            where: {
                dagId: dag.id,
                copy: {
                    gt: 0
                }
            }
        });
        await tx.dag.update({
            where: {
                id: dag.id
            },
            data: {
                hot: false
            }
        });
        return {
            dagId: dag.id,
            reclaimable: await this.release(tx, cars, null)
        };
    }
    async lockCars(tx, dagId) {
        await query(tx, LOCK_CARS_OF, [
            dagId
        ]);
        // Read again: a sealing that held the lock may have moved the runs to another CAR, which nobody else touches.
        const here = {
            place: placeOf(this.node.id),
            state: {
                in: READABLE_COPIES
            }
        };
        const runs = await tx.run.findMany({
            where: {
                dagId
            },
            include: {
                car: {
                    include: {
                        copies: {
                            where: here,
                            select: {
                                place: true
                            }
                        }
                    }
                }
            },
            orderBy: {
                carId: 'asc'
            }
        });
        const cars = new Map();
        for (const { car, offset, length } of runs){
            const { id, state, copies, bytes } = car;
            const entry = cars.get(id) ?? {
                id: carId(id),
                state,
                hot: copies.length > 0,
                bytes: Number(bytes),
                own: []
            };
            entry.own.push({
                offset: Number(offset),
                length: Number(length)
            });
            cars.set(id, entry);
        }
        return [
            ...cars.values()
        ];
    }
    /** After the runs changed: CARs that nobody reads go; in the others, the stretches that no hot DAG covers. */ async release(tx, cars, gone) {
        const reclaimable = structuredClone(NOTHING_RECLAIMABLE);
        for (const car of cars){
            const { used, hot } = (await query(tx, CAR_USE, [
                car.id
            ]))[0] ?? {
                used: false,
                hot: false
            };
            if (!hot && car.state !== 'open') {
                await (used ? execute(tx, LEAVE_NODES, [
                    car.id
                ]) : execute(tx, DISCARD_CARS, [
                    [
                        car.id
                    ]
                ]));
                if (!used && gone) await this.outbox.add(tx, gone, {
                    carId: car.id
                });
                reclaimable.files.push(car.id);
                if (car.hot) reclaimable.freedBytes += car.bytes;
                continue;
            }
            const dead = uncovered(car.own, await hotRunsOver(tx, car));
            if (gone) await tx.car.update({
                where: {
                    id: car.id
                },
                data: {
                    deadBytes: {
                        increment: coveredBytes(dead)
                    }
                }
            });
            reclaimable.stretches.push({
                carId: car.id,
                stretches: dead
            });
            if (car.hot) reclaimable.pendingBytes += coveredBytes(dead);
        }
        return reclaimable;
    }
}
PostgresDagStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Outbox === "undefined" ? Object : Outbox,
        typeof DagReferences === "undefined" ? Object : DagReferences,
        typeof NodeIdentity === "undefined" ? Object : NodeIdentity
    ])
], PostgresDagStore);
async function findIn(tx, root) {
    // The row of a DAG stays when its last reference goes: the next upload locks it. Without runs it stands for nothing.
    const dag = await tx.dag.findUnique({
        where: {
            root,
            OR: [
                {
                    hot: true
                },
                {
                    runs: {
                        some: {}
                    }
                }
            ]
        }
    });
    return dag && {
        dagId: dag.id,
        root,
        size: Number(dag.size),
        carBytes: Number(dag.carBytes),
        blocks: dag.blocks,
        hot: dag.hot
    };
}
async function hotRunsOver(tx, { id, own }) {
    const from = Math.min(...own.map(({ offset })=>offset));
    const to = Math.max(...own.map(({ offset, length })=>offset + length));
    const rows = await query(tx, HOT_RUNS_OVER, [
        id,
        from,
        to
    ]);
    return rows.map(({ offset, length })=>({
            offset: Number(offset),
            length: Number(length)
        }));
}

//# sourceMappingURL=postgres-dag.store.js.map
