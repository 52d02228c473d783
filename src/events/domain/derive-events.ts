import { userId, type Json, type UserId } from '../../shared/index.js';
import type { EventType, NewAccountEvent } from './account-event.js';

/** An event of the outbox as far as all of this is alike. */
interface Told {
  id: string;
  at: Date;
}

/** An account that has contents in a CAR or of a root: how many, and the first hundred of them. */
export interface Owner {
  userId: UserId;
  contents: number;
  contentIds: string[];
}

interface StoredContent {
  contentId: string;
  userId: string;
  cid: string;
  size: number;
}

interface PinMove {
  requestId: string;
  userId: string;
  cid: string;
  status: string;
  reason: string | null;
}

interface DealMove {
  dealId: string;
  carId: string;
  miner: string;
  to: string;
  cause: string;
  phase: string | null;
  reason: string | null;
  epoch: number | null;
}

/** Deals that a miner refused and those that broke off are one thing to who waits for them. */
const DEAL_TYPES: Record<string, EventType> = {
  active: 'deal-active',
  failed: 'deal-failed',
  rejected: 'deal-failed',
  slashed: 'deal-slashed',
  expiring: 'deal-expiring',
};

/** Shares of a quota whose crossing is told, in per cent. */
const QUOTA_MARKS = [80, 90, 100];

/** One for each content that became durable. */
export function fromStored({ id, at }: Told, contents: readonly StoredContent[]): NewAccountEvent[] {
  return contents.map(({ contentId, userId: owner, cid, size }) => ({
    eventId: id,
    type: 'stored',
    subject: contentId,
    userId: userId(owner),
    data: { contentId, cid, size },
    at,
  }));
}

/** Only ends: that a pin is queued or being fetched is told by its status. */
export function fromPin({ id, at }: Told, pin: PinMove): NewAccountEvent[] {
  if (pin.status !== 'pinned' && pin.status !== 'failed') return [];
  const { requestId, cid, reason } = pin;
  return [
    {
      eventId: id,
      type: pin.status === 'pinned' ? 'pinned' : 'pin-failed',
      subject: requestId,
      userId: userId(pin.userId),
      data: { requestId, cid, ...(pin.status === 'failed' ? { reason } : {}) },
      at,
    },
  ];
}

/** Whether anybody is told of a deal that came to this state. */
export function isTold(state: string): boolean {
  return Object.hasOwn(DEAL_TYPES, state);
}

/** For each account with a content in the piece. */
export function fromDeal(told: Told, move: DealMove, owners: readonly Owner[]): NewAccountEvent[] {
  const type = DEAL_TYPES[move.to];
  if (!type) return [];
  const { dealId, carId, miner, cause, phase, reason, epoch } = move;
  const failed = type === 'deal-failed' || type === 'deal-slashed';
  return forOwners(told, type, dealId, owners, {
    dealId,
    pieceId: carId,
    miner,
    cause,
    epoch,
    ...(failed ? { phase, reason } : {}),
  });
}

/** The same for anything else that happens to what several accounts share. */
export function forOwners(
  { id, at }: Told,
  type: EventType,
  subject: string,
  owners: readonly Owner[],
  data: Record<string, Json>,
): NewAccountEvent[] {
  return owners.map(({ userId: owner, contents, contentIds }) => ({
    eventId: id,
    type,
    subject,
    userId: owner,
    data: { ...data, contents, contentIds },
    at,
  }));
}

/** The highest share of the quota that `added` bytes went past; null for none, and where there is no quota. */
export function markPassed(bytes: number, added: number, quota: number | null): number | null {
  if (quota === null || quota <= 0) return null;
  const before = bytes - added;
  return QUOTA_MARKS.findLast((mark) => bytes * 100 >= mark * quota && before * 100 < mark * quota) ?? null;
}
