import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ProviderAddresses } from '../../content/index.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';

const FRESH_MS = 5_000;
const OURS = 'ours';

/**
 * Where uploads can be had from: the addresses in the registry, read once in five seconds for all of them. Never fails:
 * an upload that is stored is not to fail for want of a hint.
 */
@Injectable()
export class RegisteredAddresses extends ProviderAddresses {
  private readonly known: LRUCache<typeof OURS, readonly string[]>;

  constructor(@Inject(IpfsNodeRegistry) registry: Pick<IpfsNodeRegistry, 'addresses'>) {
    super();
    this.known = new LRUCache<typeof OURS, readonly string[]>({
      max: 1,
      ttl: FRESH_MS,
      ttlResolution: 0,
      fetchMethod: (_, last) => registry.addresses().catch(() => last ?? []),
    });
  }

  /** Multiaddrs as `IpfsNodeRegistry.addresses` gives them. When the registry cannot be read the last answer stands. */
  async list(): Promise<readonly string[]> {
    const last = this.known.peek(OURS, { allowStale: true }) ?? [];
    // While nothing is known there is nothing to answer with meanwhile; later the last answer does until the next is
    // there.
    return (await this.known.fetch(OURS, { allowStale: last.length > 0 })) ?? [];
  }
}
