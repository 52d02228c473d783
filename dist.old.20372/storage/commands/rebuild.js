import { rootFacts } from '../../ipld/index.js';
import { canonicalCid } from '../../shared/index.js';
import { newCarId } from '../domain/car.js';
import { countedShares } from '../domain/counted-bytes.js';
import { coveredBytes } from '../domain/run-coverage.js';
import { BackupUnusable } from '../domain/storage.errors.js';
import { assemble, isPart, rootsIn } from './found-dags.js';
import { readFoundBlock, readFoundCar } from './read-car.js';
/**
 * Rows of CARs, DAGs and runs again, out of the CAR files that the database does not know, `lostAndFound`: those in
 * lost+found as well. Every block is hashed. Each CAR (all parts of larger DAGs together) is one transaction, so this
 * may be repeated and goes on where it was cut off. A database that knows no CAR takes the platform id of the folder.
 * Who owned what, pins and deals are in no CAR: they do not come back. While nothing runs.
 */ export async function rebuild(tools, options) {
    const { check, identity, platform, folder, forgetIndex } = tools;
    const marks = await identity.read();
    if (marks.restoring !== null) throw new BackupUnusable('a restore into this folder has not finished: run it again first');
    const { knowsCars } = await platform.identity();
    if (options.lostAndFound) await returnAll(tools);
    const report = {
        platformId: '',
        cars: 0,
        bytes: 0,
        dags: [],
        incomplete: [],
        damaged: []
    };
    const parts = [];
    for (const id of (await check.unknownCars()).sort()){
        const car = await readFoundCar(folder, id);
        if (car.damaged > 0) report.damaged.push({
            carId: id,
            blocks: car.damaged
        });
        if (isPart(car)) parts.push(car);
        else await keep([
            car
        ], tools, report);
    }
    if (parts.length > 0) await keep(parts, tools, report);
    if (!knowsCars && marks.folder !== null) await platform.takeIdentity(marks.folder);
    const { id } = await platform.identity();
    await identity.write(id, await platform.nextGeneration(marks.generation ?? 0n));
    if ((await check.missingCars()).length > 0) await identity.acceptMissing(true);
    // The next start makes it again, from rows and files.
    await forgetIndex();
    return {
        ...report,
        platformId: id
    };
}
async function keep(cars, { folder, rows }, report) {
    const dags = [];
    for (const root of rootsIn(cars)){
        const dag = assemble(root, cars);
        if ('missing' in dag) report.incomplete.push({
            root: canonicalCid(root),
            missing: dag.missing
        });
        else {
            const { payloadBytes, carBytes, blocks, runs } = dag;
            const claimed = rootFacts(dag.root, await readFoundBlock(folder, dag.rootBlock)).size;
            const [storedBytes = payloadBytes] = countedShares([
                claimed
            ], payloadBytes);
            dags.push({
                root: canonicalCid(root),
                size: claimed ?? payloadBytes,
                storedBytes,
                carBytes,
                blocks,
                runs
            });
        }
    }
    await rows.keep(cars.map((car)=>rebuiltCar(car, dags)), dags);
    report.cars += cars.length;
    report.bytes += cars.reduce((sum, { fileBytes })=>sum + fileBytes, 0);
    for (const { root, size } of dags)report.dags.push({
        root,
        size
    });
}
/** A finished CAR is sealed again; one that was not is an open segment, which the next start goes on with. */ function rebuiltCar(car, dags) {
    const isWhole = car.root !== null && car.end === car.fileBytes;
    const live = coveredBytes(dags.flatMap(({ runs })=>runs.filter(({ carId })=>carId === car.id)));
    return {
        id: car.id,
        kind: isWhole && car.members === null ? 'single' : isPart(car) ? 'single' : 'segment',
        root: isWhole && car.root ? car.root.toString() : null,
        bytes: isWhole ? car.fileBytes : car.end,
        deadBytes: Math.max(0, [
            ...car.blocks.values()
        ].flat().reduce((sum, b)=>sum + b.sectionLength, 0) - live)
    };
}
/** Under the id that each had, or a new one where that is taken (the end of a file that was cut, a second of one id). */ async function returnAll({ lostAndFound, folder, platform }) {
    for (const { id, file } of (await lostAndFound.list())){
        const isTaken = await folder.sizeOf(id) !== null || (await platform.known([
            id
        ])).has(id);
        await lostAndFound.returnCar(file, isTaken ? newCarId() : id);
    }
}

//# sourceMappingURL=rebuild.js.map
