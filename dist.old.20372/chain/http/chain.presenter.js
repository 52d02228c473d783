import { formatFil } from '../../shared/index.js';
const TOY = /devnet|simulat|localnet|2k/i;
export function publicInfo({ head, address, version, price, unavailable }) {
    const network = head?.value.network ?? null;
    return {
        network,
        primaryAddress: address,
        head: head && {
            height: head.value.height,
            at: new Date(head.value.timestamp * 1000).toISOString(),
            ageSeconds: seconds(head.ageMs)
        },
        versions: {
            filecoinNode: version,
            runtime: `node ${process.version}`
        },
        filPrice: price && {
            usd: price.usd,
            source: price.source,
            ageSeconds: seconds(price.ageMs)
        },
        ...network !== null && TOY.test(network) ? {
            notice: `This is ${network}, a devnet: a simulated Filecoin network. Its deals, miners, prices and balances are not real.`
        } : {},
        ...unavailable === undefined ? {} : {
            unavailable
        }
    };
}
/** Estuary's fields, attoFIL as decimal text; the same in FIL for people. */ export function balanceView({ value, ageMs }) {
    const amounts = {
        balance: value.balance,
        marketEscrow: value.escrow,
        marketLocked: value.locked,
        marketAvailable: value.escrow - value.locked
    };
    const each = (write)=>Object.fromEntries(Object.entries(amounts).map(([name, amount])=>[
                name,
                write(amount)
            ]));
    return {
        account: value.address,
        ...each(String),
        verifiedClientBalance: value.dataCap === null ? null : String(value.dataCap),
        fil: each(formatFil),
        ageSeconds: seconds(ageMs)
    };
}
function seconds(ms) {
    return Math.round(ms / 100) / 10;
}

//# sourceMappingURL=chain.presenter.js.map
