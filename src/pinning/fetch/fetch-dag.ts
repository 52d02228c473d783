import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { AccountQuota, incomingBytesLimit, QuotaExceeded, type NewContent } from '../../content/index.js';
import { rootFacts } from '../../ipld/index.js';
import { DagTooLarge, IpfsNode, type FetchOptions } from '../../network/index.js';
import { DagStore, HotBlocks, type DagIntake } from '../../storage/index.js';
import type { PinFetchTask } from '../scheduler/pin-fetch-task.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { contentOf } from './pin-stored-dag.js';

/**
 * Fetches a pin's DAG from the network into a CAR, each block verified, and marks it pinned with the content that holds
 * it. Nothing stays of what did not arrive whole.
 */
@Injectable()
export class FetchDag {
  constructor(
    private readonly leases: PinLeases,
    private readonly node: IpfsNode,
    private readonly dags: DagStore<NewContent>,
    private readonly blocks: HotBlocks,
    private readonly quota: AccountQuota,
    private readonly config: AppConfig,
  ) {}

  /**
   * @throws DagTooLarge, QuotaExceeded, UndecodableBlock, UnsupportedDag, and the reason for which the task was
   * stopped.
   */
  async run(task: PinFetchTask): Promise<void> {
    const { userId, cidV1 } = task.claim.pin;
    const left = await this.quota.left(userId);
    if (left === 0) throw new QuotaExceeded(left);
    try {
      await this.transfer(CID.parse(cidV1), task, left);
    } catch (error) {
      if (error instanceof DagTooLarge && left !== null && Number(error.details.bytes) > left)
        throw new QuotaExceeded(left);
      throw error;
    }
  }

  private async transfer(root: CID, task: PinFetchTask, left: number | null): Promise<void> {
    const options = contentOf(task.claim, this.leases, task.progress);
    let intake: DagIntake<NewContent> | undefined;
    try {
      for await (const block of this.node.fetch(root, this.fetchOptions(task, left))) {
        task.arrived(block.bytes.length);
        await task.waitForSlot();
        if (!intake) {
          options.type = rootFacts(block.cid, block.bytes).type;
          intake = await this.dags.begin('pin');
        }
        await intake.put(block.cid, block.bytes);
      }
      task.signal.throwIfAborted();
      await intake?.commit(root, options);
    } catch (error) {
      await intake?.abort();
      throw error;
    }
  }

  /** @param left - bytes that the account may still store; null: any number */
  private fetchOptions(task: PinFetchTask, left: number | null): FetchOptions {
    const { PIN_MAX_BYTES, PIN_MAX_BLOCKS, PIN_MAX_DEPTH } = this.config.values;
    return {
      origins: task.claim.pin.origins,
      signal: task.signal,
      have: (cid) => this.blocks.get(cid),
      limits: {
        bytes: left === null ? PIN_MAX_BYTES : Math.min(PIN_MAX_BYTES, incomingBytesLimit(left)),
        blocks: PIN_MAX_BLOCKS,
        depth: PIN_MAX_DEPTH,
      },
      onSources: (connected) => task.connected(connected),
    };
  }
}
