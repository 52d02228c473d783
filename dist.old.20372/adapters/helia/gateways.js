import { isIPv4, isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { trustlessGatewayBlockBroker } from '@helia/trustless-gateway-client';
import { multiaddr } from '@multiformats/multiaddr';
import { createHeliaLight } from 'helia';
import PQueue from 'p-queue';
import { hashMatches } from '../../ipld/index.js';
/** For one block from one gateway. */ const TIMEOUT_MS = 20_000;
/** Whoever sent wrong bytes is not asked for this long. */ const PENALTY_MS = 600_000;
/**
 * Blocks from the configured trustless gateways (https://specs.ipfs.tech/http-gateways/trustless-gateway/), each
 * checked by its hash. The one that served last is asked first. Redirects are not followed: they would lead where the
 * operator has not looked.
 */ export class Gateways {
    constructor(urls, logger, clock){
        this.clock = clock;
        this.gateways = urls.map((url)=>({
                broker: brokerOf(url, logger),
                restsUntil: 0
            }));
    }
    /**
   * The block, its hash checked, or null when no gateway gave it now. Gateways are asked one after the other, 20 s
   * each.
   * @throws the signal's reason.
   */ async block(cid, signal) {
        const now = this.clock.now().getTime();
        for (const gateway of this.gateways.filter(({ restsUntil })=>restsUntil <= now)){
            signal.throwIfAborted();
            const bytes = await this.ask(gateway, cid, signal);
            if (bytes === null) continue;
            this.gateways.splice(this.gateways.indexOf(gateway), 1);
            this.gateways.unshift(gateway);
            return bytes;
        }
        signal.throwIfAborted();
        return null;
    }
    async ask(gateway, cid, signal) {
        const validateFn = (bytes)=>{
            if (hashMatches(cid, bytes)) return Promise.resolve();
            gateway.restsUntil = this.clock.now().getTime() + PENALTY_MS;
            return Promise.reject(new Error(`the gateway sent other bytes than ${cid.toString()}`));
        };
        const limited = AbortSignal.any([
            signal,
            AbortSignal.timeout(TIMEOUT_MS)
        ]);
        return await gateway.broker.retrieve?.(cid, {
            signal: limited,
            validateFn
        }).catch(()=>null) ?? null;
    }
}
/**
 * Bitswap has brought nothing for this long: gateways are asked, too. Where it brings blocks, no gateway is troubled.
 */ const BITSWAP_FIRST_MS = 2_000;
const BLOCKS_AT_ONCE = 8;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 120_000;
/** One fetch's way to the gateways: a few blocks at a time, and only while bitswap is silent. */ export class GatewayFallback {
    constructor(gateways, /** Milliseconds since bitswap brought the last block. */ bitswapQuietMs, firstMs = BITSWAP_FIRST_MS){
        this.gateways = gateways;
        this.bitswapQuietMs = bitswapQuietMs;
        this.firstMs = firstMs;
        this.requests = new PQueue({
            concurrency: BLOCKS_AT_ONCE
        });
    }
    /** The block from whichever gateway gives it, asked for again and again. @throws when the signal aborts. */ async block(cid, signal) {
        for(let retryMs = FIRST_RETRY_MS;; retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS)){
            for(let left = this.headStart(); left > 0; left = this.headStart())await sleep(left, undefined, {
                signal
            });
            const bytes = await this.requests.add(()=>this.gateways.block(cid, signal), {
                signal
            });
            if (bytes !== null) return bytes;
            await sleep(retryMs, undefined, {
                signal
            });
        }
    }
    headStart() {
        return this.firstMs - this.bitswapQuietMs();
    }
}
/** Helia's broker for one gateway alone: its routing knows nothing else. */ function brokerOf(url, logger) {
    const address = multiaddr(addressOf(new URL(url)));
    const name = 'configured-gateway';
    async function* findProviders(id) {
        yield await Promise.resolve({
            id,
            multiaddrs: [
                address
            ],
            router: name,
            fallback: false,
            protocols: [
                'transport-ipfs-gateway-http'
            ]
        });
    }
    const { routing } = createHeliaLight({
        routers: [
            {
                name,
                findProviders
            }
        ]
    });
    return trustlessGatewayBlockBroker({
        allowInsecure: true,
        allowLocal: true,
        transformRequestInit: (init)=>({
                ...init,
                redirect: 'error'
            })
    })({
        routing,
        logger
    });
}
function addressOf({ hostname, port, protocol }) {
    const host = hostname.replace(/^\[|\]$/g, '');
    const kind = isIPv4(host) ? 'ip4' : isIPv6(host) ? 'ip6' : 'dns';
    const secure = protocol === 'https:';
    return `/${kind}/${host}/tcp/${port === '' ? secure ? 443 : 80 : port}/${secure ? 'https' : 'http'}`;
}

//# sourceMappingURL=gateways.js.map
