/** The stretches in order, joined where they touch or overlap (DAGs of one CAR upload share their bytes). */ export function coverage(stretches) {
    const joined = [];
    for (const { offset, length } of [
        ...stretches
    ].sort((a, b)=>a.offset - b.offset)){
        const last = joined.at(-1);
        if (last && offset <= last.offset + last.length) last.length = Math.max(last.length, offset + length - last.offset);
        else joined.push({
            offset,
            length
        });
    }
    return joined;
}
export function coveredBytes(stretches) {
    return coverage(stretches).reduce((sum, { length })=>sum + length, 0);
}
/** Where `offset` comes to lie when the stretches are written one after the other from `start`. */ export function movedOffset(stretches, offset, start) {
    let at = start;
    for (const stretch of stretches){
        if (offset >= stretch.offset && offset < stretch.offset + stretch.length) return at + offset - stretch.offset;
        at += stretch.length;
    }
    throw new RangeError(`offset ${offset} lies in none of the stretches`);
}
/** What of `stretches` none of `kept` covers. */ export function uncovered(stretches, kept) {
    let open = coverage(stretches);
    for (const keep of coverage(kept)){
        open = open.flatMap(({ offset, length })=>{
            const end = offset + length;
            const keepEnd = keep.offset + keep.length;
            if (keepEnd <= offset || keep.offset >= end) return [
                {
                    offset,
                    length
                }
            ];
            return [
                {
                    offset,
                    length: keep.offset - offset
                },
                {
                    offset: keepEnd,
                    length: end - keepEnd
                }
            ].filter((piece)=>piece.length > 0);
        });
    }
    return open;
}
export const NOTHING_RECLAIMABLE = {
    files: [],
    freedBytes: 0,
    stretches: [],
    pendingBytes: 0
};

//# sourceMappingURL=run-coverage.js.map
