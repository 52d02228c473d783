import { blockKey } from '../../ipld/index.js';
import { coverage } from '../domain/run-coverage.js';
/**
 * Whether the CAR is a part of a larger DAG: its list names each of its blocks, for no subtree of a part can be counted
 * on to be whole. A segment of one-block files looks the same.
 */ export function isPart(car) {
    return car.members !== null && car.members.length >= car.blocks.size - car.listNodes.size;
}
/**
 * The roots of DAGs in these CARs, which are one finished or open CAR, or all the parts that were found. A finished one
 * names its roots. Of parts, and of a CAR that was not finished, they are the blocks that no other block links to.
 */ export function rootsIn(cars) {
    const [only] = cars;
    if (cars.length === 1 && only && !isPart(only)) {
        if (only.members) return unique(only.members);
        if (only.root) return [
            only.root
        ];
    }
    const own = cars.flatMap((car)=>[
            ...car.blocks
        ].filter(([key])=>!car.listNodes.has(key)));
    const linked = new Set();
    for (const [key, [block]] of own)for (const link of block?.links ?? [])if (link !== key) linked.add(link);
    const found = new Set(own.map(([key])=>key));
    // What a list names and no CAR holds is told as missing.
    const lost = cars.flatMap((car)=>car.members ?? []).filter((cid)=>!found.has(blockKey(cid)));
    return unique([
        ...own.flatMap(([key, [block]])=>block && !linked.has(key) ? [
                block.cid
            ] : []),
        ...lost
    ]);
}
/** The DAG below a root, out of these CARs: what an upload wrote lies together, so the nearest place of a block is taken. */ export function assemble(root, cars) {
    const placesOf = (key)=>cars.flatMap((car)=>car.blocks.get(key) ?? []);
    const rootBlock = placesOf(blockKey(root)).at(-1);
    if (!rootBlock) return {
        root,
        missing: 1
    };
    const taken = new Map([
        [
            blockKey(root),
            rootBlock
        ]
    ]);
    const pending = [
        rootBlock
    ];
    let missing = 0;
    for(let block = pending.pop(); block !== undefined; block = pending.pop()){
        for (const key of block.links){
            if (taken.has(key)) continue;
            const place = nearest(placesOf(key), rootBlock);
            if (!place) missing += 1;
            else {
                taken.set(key, place);
                pending.push(place);
            }
        }
    }
    return missing > 0 ? {
        root,
        missing
    } : dagOf(root, rootBlock, [
        ...taken.values()
    ], cars);
}
function dagOf(root, rootBlock, blocks, cars) {
    const runs = [];
    for (const { id } of cars){
        const own = blocks.filter(({ carId })=>carId === id);
        for (const { offset, length } of coverage(own.map(({ start, sectionLength })=>({
                offset: start,
                length: sectionLength
            }))))runs.push({
            carId: id,
            seq: runs.length,
            offset,
            length
        });
    }
    return {
        root,
        rootBlock,
        blocks: blocks.length,
        payloadBytes: blocks.reduce((sum, { length })=>sum + length, 0),
        carBytes: blocks.reduce((sum, { sectionLength })=>sum + sectionLength, 0),
        runs
    };
}
function nearest(places, to) {
    const distance = (place)=>place.carId === to.carId ? Math.abs(place.start - to.start) : Infinity;
    return places.reduce((best, place)=>best && distance(best) <= distance(place) ? best : place, undefined);
}
function unique(cids) {
    return [
        ...new Map(cids.map((cid)=>[
                blockKey(cid),
                cid
            ])).values()
    ];
}

//# sourceMappingURL=found-dags.js.map
