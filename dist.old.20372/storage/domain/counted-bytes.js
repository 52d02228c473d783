/**
 * Links, names and sizes in the nodes of an honest tree stay below this share of its file: 50 bytes for each leaf of
 * 256 KiB and more.
 */ const TREE_SHARE = 256;
/**
 * What a stored DAG counts for in its account's quota: the bytes of the blocks that are held for it. A file whose tree
 * adds no more than 1/256 counts with its own size, so that a file of 3 MiB counts 3 MiB. What a root *claims* is never
 * more than this bound: blocks that no claim covers count in full.
 *
 * @param size - payload bytes as the root block says; null when it does not say
 * @param held - bytes of all blocks that came with it
 */ export function countedBytes(size, held) {
    if (size === null || size > held) return held;
    return held - size <= size / TREE_SHARE ? size : held;
}
/**
 * The same for several roots that came together, and whose blocks are held together: what each counts for, in their
 * order; the sum is what all count for. What the claimed sizes leave is shared by the roots that claim none, or falls to
 * the first.
 */ export function countedShares(sizes, held) {
    const known = sizes.reduce((sum, size)=>sum + (size ?? 0), 0);
    let rest = countedBytes(sizes.includes(null) ? null : known, held);
    const shares = sizes.map((size)=>{
        const share = Math.min(size ?? 0, rest);
        rest -= share;
        return share;
    });
    const silent = [
        ...sizes.keys()
    ].filter((at)=>sizes[at] === null);
    const heirs = silent.length > 0 ? silent : [
        0
    ];
    const each = Math.floor(rest / heirs.length);
    for (const [n, at] of heirs.entries())shares[at] = (shares[at] ?? 0) + each + (n === 0 ? rest - each * heirs.length : 0);
    return shares;
}

//# sourceMappingURL=counted-bytes.js.map
