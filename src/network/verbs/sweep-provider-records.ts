import { Injectable } from '@nestjs/common';
import { HotRoots } from '../../storage/index.js';
import { IpfsNode } from '../ports/ipfs-node.port.js';
import { ProviderRecordStore } from '../ports/provider-record-store.port.js';
import { IpfsNodeRegistry } from '../store/ipfs-node-registry.store.js';
import { StartProviding, StopProviding } from './provide-requests.js';

const PAGE = 5_000;

/**
 * Events get lost, and data is older than this room: the records are compared with what is hot, one page of each per
 * run, from where the last run (of whichever process) ended. A million roots take half an hour, and no run takes longer
 * for it.
 */
@Injectable()
export class SweepProviderRecords {
  constructor(
    private readonly hot: HotRoots,
    private readonly records: ProviderRecordStore,
    private readonly registry: IpfsNodeRegistry,
    private readonly startProviding: StartProviding,
    private readonly stopProviding: StopProviding,
    private readonly node: IpfsNode,
  ) {}

  /** One bounded run; idempotent. @throws when the node cannot be asked, after the records were compared. */
  async run(): Promise<void> {
    await this.records.addUp();
    await this.walk(
      'hot roots',
      (after) => this.hot.page(after, PAGE),
      (roots) => this.startProviding.run(roots),
    );
    await this.walk(
      'announcements',
      (after) => this.records.roots(after, PAGE),
      (roots) => this.stopProviding.run(roots),
    );
    await this.followNode();
  }

  private async walk(
    name: string,
    read: (after: bigint) => Promise<{ roots: string[]; next: bigint | null }>,
    compare: (roots: string[]) => Promise<number>,
  ): Promise<void> {
    const { roots, next } = await read(await this.records.position(name));
    await compare(roots);
    await this.records.setPosition(name, next ?? 0n);
  }

  /** Another node than before, or one that has found routing. */
  private async followNode(): Promise<void> {
    const { peerId, routing } = await this.node.status();
    await this.records.takeFrom(await this.registry.gone(peerId), PAGE);
    if (routing.length > 0) await this.records.announceUnannounced(PAGE);
  }
}
