import { Injectable } from '@nestjs/common';
import { AccountLimits } from '../../accounts/index.js';
import { AccountUsage } from '../../content/index.js';
import { userId, type UserId } from '../../shared/index.js';
import type { NewAccountEvent } from '../domain/account-event.js';
import { forOwners, fromDeal, fromPin, fromStored, isTold, markPassed } from '../domain/derive-events.js';
import { PostgresAccountEventStore } from '../store/postgres-account-event.store.js';

type Envelope<P> = { id: string; at: Date; payload: P };
type Stored = { contents: { contentId: string; userId: string; cid: string; size: number }[] };
type DealMove = Parameters<typeof fromDeal>[1];
type PinMove = Parameters<typeof fromPin>[1];

/** Makes events of accounts out of those of rooms. Idempotent by the outbox's ids. */
@Injectable()
export class RecordAccountEvents {
  constructor(
    private readonly store: PostgresAccountEventStore,
    private readonly limits: AccountLimits,
    private readonly usage: AccountUsage,
  ) {}

  /** `stored`, and `quota` where an account went past 80, 90 or 100 % of its bytes with it. */
  async stored(envelopes: readonly Envelope<Stored>[]): Promise<void> {
    const stored = envelopes.flatMap((told) => fromStored(told, told.payload.contents));
    const added = new Map<UserId, number>();
    for (const { payload } of envelopes)
      for (const { userId: owner, size } of payload.contents)
        added.set(userId(owner), (added.get(userId(owner)) ?? 0) + size);
    await this.store.record([...stored, ...(await this.quotas(envelopes, added))]);
  }

  /** `pinned` and `pin-failed`. */
  async pins(envelopes: readonly Envelope<PinMove>[]): Promise<void> {
    await this.store.record(envelopes.flatMap((told) => fromPin(told, told.payload)));
  }

  /** `packed`, for each account with a content in the CAR. */
  async packed(told: Envelope<{ carId: string; root: string; carBytes: number }>): Promise<void> {
    const { carId, root, carBytes } = told.payload;
    const owners = await this.store.ownersOfCar(carId);
    await this.store.record(forOwners(told, 'packed', carId, owners, { pieceId: carId, root, carBytes }));
  }

  /** What became of a deal, for each account with a content in its piece. */
  async deal(told: Envelope<DealMove>): Promise<void> {
    if (!isTold(told.payload.to)) return;
    await this.store.record(fromDeal(told, told.payload, await this.store.ownersOfCar(told.payload.carId)));
  }

  /** `retrieved`: bytes are back from a miner, or (`ok` false) could not be had. */
  async retrieved(told: Envelope<{ retrievalId: string; root: string; ok: boolean; bytes: number }>): Promise<void> {
    const { retrievalId, root, ok, bytes } = told.payload;
    const owners = await this.store.ownersOfRoot(root);
    await this.store.record(forOwners(told, 'retrieved', retrievalId, owners, { retrievalId, cid: root, ok, bytes }));
  }

  /** `damaged`: bytes on this node are, and the DAG is being brought back. */
  async damaged(told: Envelope<{ root: string; cause: string }>): Promise<void> {
    const { root, cause } = told.payload;
    const owners = await this.store.ownersOfRoot(root);
    await this.store.record(forOwners(told, 'damaged', root, owners, { cid: root, cause }));
  }

  /** Goes by what the account has now: of uploads that come together, the last of them tells. */
  private async quotas(
    envelopes: readonly Envelope<Stored>[],
    added: ReadonlyMap<UserId, number>,
  ): Promise<NewAccountEvent[]> {
    const last = envelopes.at(-1);
    if (!last) return [];
    const quotas = await Promise.all(
      [...added].map(async ([user, bytes]) => ({ user, bytes, quota: (await this.limits.of(user)).bytesQuota })),
    );
    const limited = quotas.filter(({ quota }) => quota !== null);
    if (limited.length === 0) return [];
    const uses = await this.usage.ofMany(limited.map(({ user }) => user));
    return limited.flatMap(({ user, bytes, quota }): NewAccountEvent[] => {
      const used = uses.get(user)?.bytes ?? 0;
      const percent = markPassed(used, bytes, quota);
      if (percent === null) return [];
      const data = { bytes: used, quota, percent };
      return [{ eventId: last.id, type: 'quota', subject: String(percent), userId: user, data, at: last.at }];
    });
  }
}
