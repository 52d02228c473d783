import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { AccountLimits } from '../../accounts/index.js';
import { AccountQuota } from '../../content/index.js';
import { Notifications } from '../../platform/notifications/index.js';
import { canonicalCid, type PinRequestId, type UserId } from '../../shared/index.js';
import { HotBlocks } from '../../storage/index.js';
import { PinHotDag } from '../fetch/pin-stored-dag.js';
import type { PinRecord, PinSpec } from '../pin.js';
import { BytesUsedUp, PinExists, PinNotFound, PinQuotaUsedUp } from '../pinning.errors.js';
import { PINS_DUE_CHANNEL } from '../pinning.events.js';
import { PinStore } from './pin-store.port.js';

/** One pin as its account asks for it, checked by the schema of the API. */
export interface PinRequest {
  userId: UserId;
  spec: PinSpec;
  /** The pin whose place it takes: gone at once for its owner, its content kept until this one is pinned. */
  replaces?: PinRequestId;
  /** Refuse what the account has a pin of, unless that has failed. */
  ignoreDupes?: boolean | undefined;
}

/** What `runMany` answers for one pin of a batch: the pin, or why the account may not have it. */
export type BatchOutcome = PinRecord | PinQuotaUsedUp | BytesUsedUp;

/**
 * Accepts pins. What this node already has hot is pinned at once; anything else is fetched later by a worker, which is
 * woken.
 *
 * Workers are notified after the commit, not by it: a transaction that notifies commits one after the other with all
 * that do, and a worker that woke earlier would take the pin before the look whether it is hot here. A wake-up that is
 * lost costs a second at most.
 */
@Injectable()
export class RequestPins {
  constructor(
    private readonly pins: PinStore,
    private readonly pinHotDag: PinHotDag,
    private readonly blocks: HotBlocks,
    private readonly limits: AccountLimits,
    private readonly quota: AccountQuota,
    private readonly notifications: Notifications,
  ) {}

  /**
   * One pin; durable when it is answered.
   * @throws PinNotFound when there is no such pin to replace; PinExists; PinQuotaUsedUp, BytesUsedUp
   */
  async run({ userId, spec, replaces, ignoreDupes }: PinRequest): Promise<PinRecord> {
    const root = CID.parse(spec.cid);
    const row = { ...spec, userId, cidV1: canonicalCid(root), most: await this.pinsAllowed(userId) };
    if (ignoreDupes) await this.refuseDuplicate(userId, row.cidV1);
    const pin = replaces === undefined ? await this.pins.add(row) : await this.pins.replace(replaces, row);
    if (!pin) throw new PinNotFound(replaces ?? '');
    if (await this.pinAtOnce(root, pin)) return (await this.pins.find(userId, pin.requestId)) ?? pin;
    this.notifications.notify(PINS_DUE_CHANNEL);
    return pin;
  }

  /**
   * Many in one transaction, answered in the order of the specs. Those that are hot here already are pinned by the
   * worker like all others: no request waits for 10,000 look-ups.
   */
  async runMany(userId: UserId, specs: PinSpec[]): Promise<BatchOutcome[]> {
    if (specs.length === 0) return [];
    let most: number | null;
    try {
      most = await this.pinsAllowed(userId);
    } catch (error) {
      if (error instanceof BytesUsedUp) return specs.map(() => error);
      throw error;
    }
    const pins = await this.pins.addAll(
      specs.map((spec) => ({ ...spec, userId, cidV1: canonicalCid(CID.parse(spec.cid)), most })),
    );
    this.notifications.notify(PINS_DUE_CHANNEL);
    return pins.map((pin) => pin ?? new PinQuotaUsedUp());
  }

  /**
   * How many pins the account may have; null: no quota. The store keeps it to that, however many requests come at once.
   * @throws BytesUsedUp when no byte is left: a pin could only fail. What a pin weighs is not known yet, so one that is
   * too large for what is left fails later.
   */
  private async pinsAllowed(userId: UserId): Promise<number | null> {
    if ((await this.quota.left(userId)) === 0) throw new BytesUsedUp();
    return (await this.limits.of(userId)).pinsQuota;
  }

  private async refuseDuplicate(userId: UserId, cidV1: string): Promise<void> {
    const {
      pins: [known],
    } = await this.pins.list(userId, { cids: [cidV1], statuses: ['queued', 'pinning', 'pinned'], limit: 1 });
    if (known)
      throw new PinExists(`this account has ${known.cid} already, as pin ${known.requestId}`, {
        details: { requestId: known.requestId, cid: known.cid },
      });
  }

  /** A failure here is no failure of the request: the worker tries the same again, and names it. */
  private async pinAtOnce(root: CID, pin: PinRecord): Promise<boolean> {
    try {
      // A look into memory, which spares most pins the look into the database.
      return (await this.blocks.has(root)) && (await this.pinHotDag.run({ pin, leaseNumber: pin.leaseNumber }));
    } catch {
      return false;
    }
  }
}
