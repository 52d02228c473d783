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
import { Database, execute, json, query } from '../../platform/prisma/index.js';
import { NodeIdentity, WriterFence } from '../../platform/process/index.js';
import { carId, dealTermsSchema, userId } from '../../shared/index.js';
import { placeOf, READABLE_COPIES } from '../domain/car.js';
import { carSealed } from '../domain/storage.events.js';
import { DagReferences } from '../ports/dag-references.port.js';
import { DISCARD_CARS, DISCARD_UNUSED, FIND_COPY, LOCK_CAR, LOCK_CARS, MOVE_RUNS, NAME_COPIES, OPEN_CAR, RECOVER_CARS, PUT_COPY, REVIVE_DAGS, UNNAMED_COPIES, VERIFY_COPIES } from './car.sql.js';
export class PostgresCarStore {
    constructor(database, outbox, references, node, fence){
        this.database = database;
        this.outbox = outbox;
        this.references = references;
        this.node = node;
        this.fence = fence;
    }
    /**
   * Before the file is made. Its copy here is being written from now on.
   * @throws WriterFenced (503) when another process has this one's name by now
   */ async open(car) {
        const opened = await execute(this.database, OPEN_CAR, [
            car.id,
            car.kind,
            car.owner,
            this.place,
            this.fence.epoch
        ]);
        if (opened === 0) throw this.fence.refusal();
    }
    /**
   * What the last process of this name left open, oldest first. From here on nothing that it still had on its way can
   * be committed into these CARs: their epoch is raised, and what is in `liveRuns` is all there is.
   */ async takeOver(owner) {
        const rows = await query(this.database, RECOVER_CARS, [
            owner
        ]);
        return rows.map((row)=>({
                ...row,
                id: carId(row.id),
                bytes: Number(row.bytes)
            }));
    }
    async find(ids) {
        const rows = await this.database.car.findMany({
            where: {
                id: {
                    in: [
                        ...ids
                    ]
                }
            },
            include: this.withCopies
        });
        return rows.map(recordOf);
    }
    /**
   * What is to become of the file of a CAR in this node's folder: 'keep' it, it 'may-go' (its rows gave it up), its CAR
   * is 'unknown', or it is 'not-ours': the rows know the CAR, but of no copy here, as when a folder lost its name.
   */ async standingOf(id) {
        const [row] = await query(this.database, FIND_COPY, [
            id,
            this.place
        ]);
        if (!row) return 'unknown';
        if (row.car === 'discarded' || row.copy === 'gone') return 'may-go';
        return row.copy === null ? 'not-ours' : 'keep';
    }
    /** Every CAR that should have a file here, open ones included. */ async hotCars() {
        const rows = await this.database.car.findMany({
            where: {
                copies: {
                    some: this.readable
                },
                state: {
                    not: 'discarded'
                }
            },
            include: this.withCopies
        });
        return rows.map(recordOf);
    }
    /** By offset. */ async liveRuns(id) {
        return runsIn(this.database, id);
    }
    /** After an open CAR was cut back to what is known. */ async cut(id, bytes) {
        await this.database.car.updateMany({
            where: {
                id,
                state: 'open'
            },
            data: {
                bytes
            }
        });
    }
    /** open -> sealed, its copy verified, and `car.sealed` is announced. False when it was not open (any more). */ async seal(id, finished) {
        return this.database.transaction((tx)=>this.sealIn(tx, id, finished));
    }
    /**
   * A rewritten segment takes the old one's place, sealed: `moved` tells the new offset of each run that is still
   * alive. The old CAR is discarded. False when the old one was not open (any more).
   */ async replace(oldId, fresh, moved) {
        return this.database.transaction(async (tx)=>{
            const [old] = await query(tx, LOCK_CAR, [
                oldId
            ]);
            if (old?.state !== 'open') return false;
            const runs = await runsIn(tx, oldId);
            const moves = runs.map((run)=>({
                    dagId: String(run.dagId),
                    copy: run.copy,
                    seq: run.seq,
                    offset: moved(run)
                }));
            await execute(tx, MOVE_RUNS, [
                fresh.id,
                json(moves)
            ]);
            await execute(tx, DISCARD_CARS, [
                [
                    oldId
                ]
            ]);
            return this.sealIn(tx, fresh.id, fresh);
        }, {
            timeout: 60_000
        });
    }
    /**
   * Nobody will ever ask for these again: their files may go. Only CARs without a run; answers which were discarded.
   */ async discard(ids) {
        return this.database.transaction(async (tx)=>{
            await query(tx, LOCK_CARS, [
                ids
            ]);
            return (await query(tx, DISCARD_UNUSED, [
                ids
            ])).map((row)=>carId(row.id));
        });
    }
    /** A copy is here again (a repair): DAGs whose every original run can be read on this node are hot again. */ async putBack(id) {
        await this.database.transaction(async (tx)=>{
            await execute(tx, PUT_COPY, [
                id,
                this.place
            ]);
            const revived = await query(tx, REVIVE_DAGS, [
                id,
                this.place
            ]);
            await this.references.markRestored(tx, revived.map((dag)=>dag.id), 'its piece was put back in place');
        });
    }
    /**
   * Gives this node's name to copies that were written before data folders had one, when they are those of this folder:
   * some of their files are in it. One statement: done wholly or not at all, and then again at the next start. Answers
   * whether it did.
   */ async nameCopies(isHere) {
        for (const { id } of (await query(this.database, UNNAMED_COPIES, []))){
            if (!await isHere(carId(id))) continue;
            await execute(this.database, NAME_COPIES, [
                this.place,
                this.node.id
            ]);
            return true;
        }
        return false;
    }
    /** One process of this node at a time: for what they share in its folder. */ async exclusively(what, work) {
        return this.database.exclusively(`${what}.${this.node.id}`, work);
    }
    get place() {
        return placeOf(this.node.id);
    }
    get readable() {
        return {
            place: this.place,
            state: {
                in: READABLE_COPIES
            }
        };
    }
    get withCopies() {
        return {
            copies: {
                where: this.readable,
                select: {
                    place: true
                }
            }
        };
    }
    async sealIn(tx, id, finished) {
        const [car] = await tx.car.updateManyAndReturn({
            where: {
                id,
                state: 'open'
            },
            data: {
                state: 'sealed',
                sealedAt: new Date(),
                root: finished.root,
                bytes: finished.bytes
            }
        });
        if (!car) return false;
        await execute(tx, VERIFY_COPIES, [
            [
                id
            ]
        ]);
        const { terms, userId: user } = recordOf({
            ...car,
            copies: []
        });
        await this.outbox.add(tx, carSealed, {
            carId: id,
            root: finished.root,
            carBytes: finished.bytes,
            kind: car.kind === 'segment' ? 'segment' : 'single',
            terms,
            userId: user
        });
        return true;
    }
}
PostgresCarStore = _ts_decorate([
    Injectable(),
    _ts_metadata("design:type", Function),
    _ts_metadata("design:paramtypes", [
        typeof Database === "undefined" ? Object : Database,
        typeof Outbox === "undefined" ? Object : Outbox,
        typeof DagReferences === "undefined" ? Object : DagReferences,
        typeof NodeIdentity === "undefined" ? Object : NodeIdentity,
        typeof WriterFence === "undefined" ? Object : WriterFence
    ])
], PostgresCarStore);
async function runsIn(tx, id) {
    const rows = await tx.run.findMany({
        where: {
            carId: id
        },
        orderBy: {
            offset: 'asc'
        },
        include: {
            dag: {
                select: {
                    root: true
                }
            }
        }
    });
    return rows.map(({ dagId, copy, seq, offset, length, dag })=>({
            dagId,
            root: dag.root,
            copy,
            seq,
            offset: Number(offset),
            length: Number(length)
        }));
}
function recordOf(row) {
    return {
        id: carId(row.id),
        kind: row.kind,
        owner: row.owner,
        state: row.state,
        hot: row.copies.length > 0,
        bytes: Number(row.bytes),
        root: row.root,
        terms: dealTermsSchema.nullable().parse(row.terms),
        userId: row.userId === null ? null : userId(row.userId),
        createdAt: row.createdAt
    };
}

//# sourceMappingURL=postgres-car.store.js.map
