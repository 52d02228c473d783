import { Injectable } from '@nestjs/common';
import { CID } from 'multiformats/cid';
import { DagStore, HotBlocks } from '../../storage/index.js';
import { canonicalCid, type PinRequestId, type UserId } from '../../shared/index.js';
import { Throttle } from './throttle.js';
import type { PinRecord, PinSpec } from '../pin.js';
import { PinExists, PinNotFound } from '../pinning.errors.js';
import { FetchQueue } from './fetch-queue.port.js';
import { PinLeases } from '../scheduler/pin-leases.port.js';
import { PinStore } from './pin-store.port.js';
import { PinAllowance } from './pin-allowance.js';
import { pinHotDag } from '../fetch/pin-hot-dag.js';

/** Thousands of pins a second wake workers no more often than this. */
const WAKE_EVERY_MS = 100;

export interface PinRequest {
  userId: UserId;
  spec: PinSpec;
  /** The pin whose place it takes: gone at once for its owner, its content kept until this one is pinned. */
  replaces?: PinRequestId;
  /** Refuse what the account has a pin of, unless that has failed. */
  ignoreDupes?: boolean | undefined;
}

/** Accepts a pin. What this node already has hot is pinned at once; anything else is fetched later. */
@Injectable()
export class RequestPin {
  private readonly wakeUps: Throttle;

  constructor(
    private readonly pins: PinStore,
    readonly leases: PinLeases,
    readonly dags: DagStore,
    readonly blocks: HotBlocks,
    queue: FetchQueue,
    private readonly allowance: PinAllowance,
  ) {
    this.wakeUps = new Throttle(() => queue.wake(), WAKE_EVERY_MS);
  }

  /** @throws PinNotFound when there is no such pin to replace; PinExists; PinQuotaUsedUp, BytesUsedUp */
  async run({ userId, spec, replaces, ignoreDupes }: PinRequest): Promise<PinRecord> {
    const root = CID.parse(spec.cid);
    const row = { ...spec, userId, cidV1: canonicalCid(root), most: await this.allowance.of(userId) };
    if (ignoreDupes) await this.refuseDuplicate(userId, row.cidV1);
    const pin = replaces === undefined ? await this.pins.add(row) : await this.pins.replace(replaces, row);
    if (!pin) throw new PinNotFound(replaces ?? '');
    if (await this.pinAtOnce(root, pin)) return (await this.pins.find(userId, pin.requestId)) ?? pin;
    this.wakeUps.ask();
    return pin;
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
      return (await this.blocks.has(root)) && (await pinHotDag(this, { pin, attempt: pin.attempts }));
    } catch {
      return false;
    }
  }
}
