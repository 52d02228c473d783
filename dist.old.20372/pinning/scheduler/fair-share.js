/** Nothing is preempted sooner: finding a peer takes a second or two. */ const SHORTEST_LOOK_MS = 2_000;
/** After this long, a pin is preempted for accounts of equal right, and for other pins of its own account too. */ const LONGEST_LOOK_MS = 20_000;
/** Running for its weight: who has the smaller figure is next. */ export function shareOf({ running, weight }) {
    return running / weight;
}
/** One more for `to` and one less for `from` still leaves `to` behind: equal shares go back and forth for nobody. */ export function evensOut(to, from) {
    return (to.running + 1) / to.weight < shareOf(from);
}
/**
 * Which looks are to be preempted so that pins that wait can be looked for, the longest first. None when nobody waits.
 *
 * @param looks - of this worker, all that do not transfer yet
 * @param shares - of all accounts with pins running or due, over all workers
 * @param weights - of accounts whose weight is not 1
 */ export function preempt(looks, shares, weights) {
    const accounts = new Map(shares.map((share)=>[
            share.userId,
            {
                ...share,
                weight: weights.get(share.userId) ?? 1
            }
        ]));
    const left = looks.filter((look)=>look.ms >= SHORTEST_LOOK_MS && accounts.has(look.userId)).sort((a, b)=>b.ms - a.ms);
    const preempted = [];
    while(left.length > 0){
        const swap = nextSwap(left, accounts);
        if (!swap) break;
        swap.from.running -= 1;
        swap.to.running += 1;
        swap.to.due -= 1;
        preempted.push(...left.splice(left.indexOf(swap.look), 1));
    }
    return preempted;
}
/**
 * For the neediest account that anything is to be preempted for: of the account that has most, what was looked for
 * longest.
 */ function nextSwap(looks, accounts) {
    const needy = [
        ...accounts.values()
    ].filter(({ due })=>due > 0).sort((a, b)=>shareOf(a) - shareOf(b)).slice(0, looks.length);
    for (const to of needy){
        let best = null;
        for (const look of looks){
            const from = accounts.get(look.userId);
            if (from && isPreempted(look, from, to) && (!best || shareOf(from) > shareOf(best.from))) best = {
                look,
                from,
                to
            };
        }
        if (best) return best;
    }
    return null;
}
/** Whether this look goes back to the queue so that a pin of `to` can be looked for. */ function isPreempted(look, from, to) {
    if (from === to) return !look.found && look.ms >= LONGEST_LOOK_MS;
    return evensOut(to, from) || look.ms >= LONGEST_LOOK_MS && shareOf(to) < shareOf(from);
}

//# sourceMappingURL=fair-share.js.map
