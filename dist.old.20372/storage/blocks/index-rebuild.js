import { coverage } from '../domain/run-coverage.js';
import { scanEntries } from '../cars/section-scan.js';
/** Fills an empty index from the CAR files: the runs that somebody still wants, and the root nodes behind them. */ export async function rebuildIndex(folder, index, cars) {
    let blocks = 0;
    for (const car of (await cars.hotCars()))blocks += await indexCar(car, folder, index, cars);
    await index.markComplete();
    return blocks;
}
export async function indexCar(car, folder, index, cars) {
    const size = await folder.sizeOf(car.id);
    if (size === null) return 0;
    const runs = coverage(await cars.liveRuns(car.id));
    const last = runs.at(-1);
    const end = Math.min(size, car.bytes);
    const stretches = car.state === 'open' || !last || last.offset + last.length >= end ? runs : [
        ...runs,
        {
            offset: last.offset + last.length,
            length: end - last.offset - last.length
        }
    ];
    const handle = await folder.openForWriting(car.id);
    let blocks = 0;
    try {
        for (const { offset, length } of stretches){
            for await (const entries of scanEntries(handle, car.id, offset, offset + length)){
                await index.add(entries);
                blocks += entries.length;
            }
        }
    } finally{
        await handle.close();
    }
    return blocks;
}

//# sourceMappingURL=index-rebuild.js.map
