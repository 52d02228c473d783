import { VERSION } from './methods/chain.methods.js';
/** As much Ethereum JSON-RPC as says which chain this is and how far it got. */ export function ethMethods(net) {
    const hex = (value)=>`0x${value.toString(16)}`;
    return {
        eth_chainId: ()=>hex(net.chainId),
        eth_blockNumber: ()=>hex(net.clock.height),
        eth_syncing: ()=>false,
        net_version: ()=>String(net.chainId),
        web3_clientVersion: ()=>VERSION
    };
}

//# sourceMappingURL=eth.js.map
