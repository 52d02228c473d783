import type { BlockBroker, Provider } from '@helia/interface';
import { trustlessGatewayBlockBroker } from '@helia/trustless-gateway-client';
import type { ComponentLogger } from '@libp2p/interface';
import { multiaddr } from '@multiformats/multiaddr';
import { createHeliaLight } from 'helia';
import { isIPv4, isIPv6 } from 'node:net';
import type { CID } from 'multiformats/cid';
import { hashMatches } from '../../ipld/index.js';

const PATIENCE_MS = 20_000;
/** Whoever sent wrong bytes is not asked for this long. */
const PENALTY_MS = 600_000;

interface Gateway {
  broker: BlockBroker;
  restsUntil: number;
}

/**
 * Blocks from the configured trustless gateways (https://specs.ipfs.tech/http-gateways/trustless-gateway/), each checked by its hash.
 * The one that served last is asked first. Redirects are not followed: they would lead where the operator has not looked.
 */
export class Gateways {
  private readonly gateways: Gateway[];

  constructor(urls: readonly string[], logger: ComponentLogger) {
    this.gateways = urls.map((url) => ({ broker: brokerOf(url, logger), restsUntil: 0 }));
  }

  get areThere(): boolean {
    return this.gateways.length > 0;
  }

  /** The block, or null when no gateway gave it. @throws the signal's reason. */
  async block(cid: CID, signal: AbortSignal): Promise<Uint8Array | null> {
    for (const gateway of this.gateways.filter(({ restsUntil }) => restsUntil <= Date.now())) {
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

  private async ask(gateway: Gateway, cid: CID, signal: AbortSignal): Promise<Uint8Array | null> {
    const validateFn = (bytes: Uint8Array): Promise<void> => {
      if (hashMatches(cid, bytes)) return Promise.resolve();
      gateway.restsUntil = Date.now() + PENALTY_MS;
      return Promise.reject(new Error(`the gateway sent other bytes than ${cid.toString()}`));
    };
    const limited = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    return (await gateway.broker.retrieve?.(cid, { signal: limited, validateFn }).catch(() => null)) ?? null;
  }
}

/** Helia's broker for one gateway alone: its routing knows nothing else. */
function brokerOf(url: string, logger: ComponentLogger): BlockBroker {
  const address = multiaddr(addressOf(new URL(url)));
  const name = 'configured-gateway';
  async function* findProviders(id: CID): AsyncGenerator<Provider> {
    yield await Promise.resolve({
      id,
      multiaddrs: [address],
      router: name,
      fallback: false,
      protocols: ['transport-ipfs-gateway-http'],
    });
  }
  const { routing } = createHeliaLight({ routers: [{ name, findProviders }] });
  return trustlessGatewayBlockBroker({
    allowInsecure: true,
    allowLocal: true,
    transformRequestInit: (init) => ({ ...init, redirect: 'error' }),
  })({ routing, logger });
}

function addressOf({ hostname, port, protocol }: URL): string {
  const host = hostname.replace(/^\[|\]$/g, '');
  const kind = isIPv4(host) ? 'ip4' : isIPv6(host) ? 'ip6' : 'dns';
  const secure = protocol === 'https:';
  return `/${kind}/${host}/tcp/${port === '' ? (secure ? 443 : 80) : port}/${secure ? 'https' : 'http'}`;
}
