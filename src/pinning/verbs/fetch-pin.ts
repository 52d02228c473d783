import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { AppConfig } from '../../config/index.js';
import { DagStore, HotBlocks, type DagIntake } from '../../content/index.js';
import { IpfsNode } from '../../network/index.js';
import { Clock } from '../../shared/index.js';
import { dagTypeOf } from '../domain/dag-type.js';
import type { PinClaim } from '../domain/pin.js';
import { PinTakenAway } from '../domain/pinning.errors.js';
import { pauseAfter, reasonOf } from '../domain/retry-policy.js';
import { TransferSlots } from '../domain/transfer-slots.js';
import { PinLeases } from '../ports/pin-leases.port.js';
import { adoptOptions, pinHotDag } from './pin-hot-dag.js';
import { LEASE_MS, PinWatch } from './pin-watch.js';

/** Takes the pin whose turn it is, brings its DAG from the network into a CAR, and marks it pinned with the content that holds it. */
@Injectable()
export class FetchPin {
  private readonly slots: TransferSlots;

  constructor(
    readonly leases: PinLeases,
    private readonly node: IpfsNode,
    readonly dags: DagStore,
    readonly blocks: HotBlocks,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {
    this.slots = new TransferSlots(config.values.PIN_CONCURRENCY);
  }

  /** @throws what the fetch failed with, once the row says so. A pin that was taken away meanwhile is no failure. */
  async run(signal: AbortSignal): Promise<'none due' | 'pinned' | 'taken away'> {
    const now = this.clock.now();
    const claim = await this.leases.claimNext(now, new Date(now.getTime() + LEASE_MS));
    if (!claim) return 'none due';
    const watch = new PinWatch(claim, this.leases, this.clock, this.config.values.PIN_IDLE_TIMEOUT_SECONDS * 1000, signal);
    try {
      await this.bring(claim, watch);
      return 'pinned';
    } catch (error) {
      if (error instanceof PinTakenAway) return 'taken away';
      await this.settle(claim, error, signal);
      throw error;
    } finally {
      await watch.stop();
    }
  }

  private async bring(claim: PinClaim, watch: PinWatch): Promise<void> {
    if (await pinHotDag(this, claim)) return;
    const root = CID.parse(claim.pin.cidV1);
    const options = adoptOptions(claim, this.leases, watch.progress);
    let release: (() => void) | undefined;
    let intake: DagIntake | undefined;
    try {
      for await (const block of this.node.fetch(root, this.fetchOptions(claim, watch))) {
        watch.arrived(block.bytes.length);
        if (!intake) {
          options.type = dagTypeOf(block.cid, block.bytes);
          release = await watch.pausedFor(this.slots.acquire(watch.signal));
          intake = await this.dags.begin('pin');
        }
        await intake.put(block.cid, block.bytes);
      }
      watch.signal.throwIfAborted();
      await intake?.adopt(root, options);
    } catch (error) {
      await intake?.abort();
      throw error;
    } finally {
      release?.();
    }
  }

  private fetchOptions({ pin }: PinClaim, watch: PinWatch): Parameters<IpfsNode['fetch']>[1] {
    return {
      origins: pin.origins,
      signal: watch.signal,
      have: (cid) => this.blocks.get(cid),
      limits: { bytes: this.config.values.PIN_MAX_BYTES },
      onSources: (connected) => watch.connected(connected),
    };
  }

  private async settle(claim: PinClaim, error: unknown, shutdown: AbortSignal): Promise<void> {
    if (shutdown.aborted) return this.leases.giveBack(claim, null, null);
    const pause = pauseAfter(error, claim.pin.failures);
    if (pause === null) await this.leases.fail(claim, reasonOf(error));
    else await this.leases.giveBack(claim, new Date(this.clock.now().getTime() + pause), reasonOf(error));
  }
}
