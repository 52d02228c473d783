import { isOnChain, marketDeal } from '../../market/deal-view.js';
import { providerCollateralBounds } from '../../market/validation.js';
import { minerInfo, minerPower } from '../../miners/miner-view.js';
/**
 * Miners and the market's state: State* methods of the Lotus API. Amounts and power are decimal text, as Go's big.Int
 * in JSON.
 */ export function stateMethods(net) {
    const { roster, accounts, deals } = net;
    const miner = (address)=>{
        const found = roster.find(address);
        if (!found) throw new Error(`failed to load miner actor: actor ${address} not found: actor not found`);
        return found;
    };
    const onChain = (deal)=>marketDeal(deal, accounts.find(deal.wallet)?.idAddress ?? deal.client);
    return {
        StateListMiners: ()=>roster.miners.map(({ address })=>address),
        StateMinerInfo: (address)=>minerInfo(roster, miner(address)),
        StateMinerPower: (address)=>{
            miner(address);
            return minerPower(roster);
        },
        StateMarketBalance: (address)=>{
            const account = accounts.find(address);
            return {
                Escrow: String(account?.escrow ?? 0n),
                Locked: String(account?.locked ?? 0n)
            };
        },
        StateMarketStorageDeal: (id)=>{
            const deal = deals.byDealId(id);
            if (!deal || !isOnChain(deal)) {
                throw new Error(`deal ${String(id)} not found - deal may not have completed sealing before deal proposal start epoch, ` + 'or deal may have been slashed');
            }
            return onChain(deal);
        },
        StateMarketDeals: ()=>Object.fromEntries(deals.all().filter(isOnChain).map((deal)=>[
                    String(deal.dealId),
                    onChain(deal)
                ])),
        StateVerifiedClientStatus: (address)=>{
            const account = accounts.find(address);
            return account && account.datacap > 0n ? String(account.datacap) : null;
        },
        StateDealProviderCollateralBounds: (pieceSize)=>{
            const { min, max } = providerCollateralBounds(pieceSize);
            return {
                Min: String(min),
                Max: String(max)
            };
        },
        StateGetAllocations: ()=>({}),
        StateGetClaims: ()=>({})
    };
}

//# sourceMappingURL=state.methods.js.map
