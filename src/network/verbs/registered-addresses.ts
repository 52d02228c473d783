import { Inject, Injectable } from '@nestjs/common';
import { ProviderAddresses } from '../../content/index.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';

const FRESH_MS = 5_000;

/** Where uploads can be had from: the addresses in the registry, read once in a while for all of them. */
@Injectable()
export class RegisteredAddresses extends ProviderAddresses {
  private known: readonly string[] = [];
  private readUntil = 0;
  private reading: Promise<void> | null = null;

  constructor(@Inject(IpfsNodeRegistry) private readonly registry: Pick<IpfsNodeRegistry, 'addresses'>) {
    super();
  }

  async list(): Promise<readonly string[]> {
    // While nothing is known there is nothing to answer with meanwhile; later the last answer does until the next is there.
    if (performance.now() >= this.readUntil) this.reading ??= this.read();
    if (this.known.length === 0) await this.reading;
    return this.known;
  }

  private async read(): Promise<void> {
    this.readUntil = performance.now() + FRESH_MS;
    try {
      this.known = await this.registry.addresses();
    } catch {
      // An upload that is stored is not to fail for want of a hint.
    } finally {
      this.reading = null;
    }
  }
}
