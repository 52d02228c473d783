import { ADD_BALANCE, MARKET_ACTOR } from '../../chain/messages.js';
/** Wallet* and MarketAddBalance of the Lotus API. Amounts are attoFIL as text. */ export function walletMethods(net) {
    const { accounts, messages } = net;
    return {
        WalletDefaultAddress: ()=>accounts.defaultAddress,
        WalletList: ()=>accounts.list().map(({ address })=>address),
        WalletHas: (address)=>accounts.find(address) !== undefined,
        WalletBalance: (address)=>String(accounts.find(address)?.balance ?? 0n),
        WalletNew: (type)=>{
            if (type !== 'secp256k1') throw new Error(`devnet: cannot make '${String(type)}' keys, only 'secp256k1'`);
            return accounts.create();
        },
        MarketAddBalance: (wallet, target, amount)=>{
            const from = accounts.find(wallet);
            const value = BigInt(amount);
            if (!from) throw new Error(`wallet ${wallet} is not in this node`);
            if (value <= 0n || value > from.balance) throw new Error(`not enough funds: ${from.balance} < ${value}`);
            if (!accounts.find(target)) throw new Error(`actor ${target} not found`);
            accounts.save({
                ...from,
                balance: from.balance - value
            });
            const to = accounts.find(target) ?? from;
            accounts.save({
                ...to,
                escrow: to.escrow + value
            });
            return {
                '/': messages.send(from.address, MARKET_ACTOR, ADD_BALANCE, value, [
                    to.address
                ])
            };
        }
    };
}

//# sourceMappingURL=wallet.methods.js.map
