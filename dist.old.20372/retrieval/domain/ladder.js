/**
 * What a miner answered over HTTP that makes asking it for the piece worth while: it is there, but not as a gateway.
 */ const GATEWAY_ONLY = [
    'not-held',
    'http-status',
    'unsupported'
];
/** After these there is no point in asking the same miner through our node. */ const HOPELESS = [
    'wrong-bytes',
    'sealed-only',
    'payment-asked'
];
/** Those that did not fail lately first; otherwise as the deals room ordered them. */ export function preferReliable(holders, failures) {
    const count = (holder)=>failures.get(holder.miner) ?? 0;
    return [
        ...holders
    ].sort((a, b)=>count(a) - count(b));
}
/** The rungs that give a whole DAG at once: CARs over HTTP, stretches of the piece over HTTP, our Filecoin node. */ export function wholeSteps(parts, failures) {
    const [first, ...others] = parts;
    if (!first) return [];
    const everywhere = first.holders.filter(({ miner })=>others.every((part)=>part.holders.some((holder)=>holder.miner === miner)));
    const holders = preferReliable(everywhere, failures);
    const overHttp = holders.filter(({ httpUrl })=>httpUrl !== null);
    const car = overHttp.map((holder)=>({
            source: 'http-car',
            holder,
            part: null
        }));
    if (others.length > 0) return car;
    const piece = first.pieceCid === null ? [] : overHttp.map((holder)=>({
            source: 'http-piece',
            holder,
            part: first
        }));
    return [
        ...car,
        ...piece,
        ...holders.map((holder)=>({
                source: 'lotus',
                holder,
                part: first
            }))
    ];
}
/** The rungs of one part of a DAG that lies over several pieces. */ export function partSteps(part, failures) {
    if (part.pieceCid === null) return [];
    return preferReliable(part.holders, failures).filter(({ httpUrl })=>httpUrl !== null).map((holder)=>({
            source: 'http-piece',
            holder,
            part
        }));
}
/** Whether a step can still help after what the same miner has answered in this retrieval. */ export function worthTrying(step, answers) {
    const answer = answers.get(step.holder.miner);
    if (answer === undefined) return true;
    if (step.source === 'http-piece') return GATEWAY_ONLY.includes(answer);
    return !HOPELESS.includes(answer);
}

//# sourceMappingURL=ladder.js.map
