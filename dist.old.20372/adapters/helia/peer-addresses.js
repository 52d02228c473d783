import { networkInterfaces } from 'node:os';
import { multiaddr } from '@multiformats/multiaddr';
import { isPermitted, isPublicAddress } from '../../network/index.js';
/**
 * What libp2p may not dial, whoever asks: it is asked last before each connection, so what a DHT, a peer's own list of
 * its addresses or a /dnsaddr led to comes by here. Denied are addresses that the policy refuses, and names, for nobody
 * has looked where those point (/dnsaddr is resolved before, at each of its levels; origins and providers come with
 * their names resolved). What the operator wrote down is dialled wherever it points.
 */ export function dialGate(policy, trusted) {
    const known = new Set(trusted.map(endpointIn));
    return (address)=>!known.has(endpointIn(address.toString())) && !isPermitted(address, policy);
}
/**
 * Addresses to tell others, of a node that listens on every interface of a machine with a public address of its own
 * (libp2p waits for AutoNAT to confirm them). Behind a NAT there are none: LIBP2P_ANNOUNCE says what the world can
 * reach.
 */ export function ownPublicAddresses(listen, interfaces = networkInterfaces()) {
    const own = Object.values(interfaces).flatMap((entries)=>entries ?? []).map(({ address })=>address);
    return listen.flatMap((text)=>{
        const [, kind, host = '', tcp, port] = text.split('/');
        if (tcp !== 'tcp' || port === undefined || port === '0') return [];
        const isWildcard = host === '0.0.0.0' || host === '::';
        const reached = isWildcard ? own.filter((address)=>address.includes(':') === (kind === 'ip6')) : [
            host
        ];
        return reached.map((address)=>`/${kind}/${address}/tcp/${port}`).filter((address)=>isPublicAddress(multiaddr(address)));
    });
}
/** Host and port of a multiaddr. */ function endpointIn(text) {
    return text.split('/').slice(1, 5).join('/');
}

//# sourceMappingURL=peer-addresses.js.map
