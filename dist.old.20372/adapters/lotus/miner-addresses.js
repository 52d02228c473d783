import { multiaddr } from '@multiformats/multiaddr';
/** Miners write whatever they like on chain: what cannot be read is left out. */ export function readableAddresses(base64) {
    return base64.flatMap((text)=>{
        try {
            return [
                multiaddr(Uint8Array.from(Buffer.from(text, 'base64'))).toString()
            ];
        } catch  {
            return [];
        }
    });
}
/** `f01000` and `t01000` are one miner: the letter names the network. */ export function sameAddress(a, b) {
    return a.slice(1) === b.slice(1);
}

//# sourceMappingURL=miner-addresses.js.map
