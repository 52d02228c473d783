import type { z } from 'zod';
import type { contentDeleted, contentStored } from '../../content/index.js';
import type { dealMoved } from '../../deals/index.js';
import type { pinChanged } from '../../pinning/index.js';
import type { retrievalAttempted } from '../../retrieval/index.js';
import { measurement, type Measurement, type Observation } from './observation.js';

type DealMove = z.output<typeof dealMoved.payload>;
type Attempt = z.output<typeof retrievalAttempted.payload>;
type Stored = z.output<typeof contentStored.payload>;
type Deleted = z.output<typeof contentDeleted.payload>;
type PinChange = z.output<typeof pinChanged.payload>;

/** States that a deal can only be in when its miner has said yes. */
const ACCEPTED: ReadonlySet<string> = new Set(['accepted', 'transferring', 'published', 'active', 'expiring']);
/** States that a deal can only be in when its bytes have arrived. */
const TRANSFERRED: ReadonlySet<string> = new Set(['published', 'active', 'expiring']);
/** States in which the miner has proven the data. */
const SEALED: ReadonlySet<string> = new Set(['active', 'expiring']);

/**
 * The measurements and the bandwidth of one transition of a deal. A transition may skip states that were too short to
 * be seen; what it implies is measured all the same, without a time (`ms` null) where the time was not seen. Bytes that
 * went to the miner count as egress even when the transfer broke. Pure: the same event always gives the same.
 */
export function observeDealMove(move: DealMove): Observation {
  const about = {
    miner: move.miner,
    dealId: move.dealId,
    carId: move.carId,
    userId: move.userId ?? null,
    cost: move.cost ?? null,
  };
  const held = { ...about, bytes: move.carBytes ?? null };
  const measurements: Measurement[] = [];
  const implies = (states: ReadonlySet<string>) => states.has(move.to) && !states.has(move.from);

  if (move.from === 'queued' && move.to === 'proposed')
    measurements.push(measurement('proposal', true, { ...about, ms: move.ms }));
  if (implies(ACCEPTED) && move.from === 'proposed')
    measurements.push(measurement('accept', true, { ...about, ms: move.ms }));
  const arrived = implies(TRANSFERRED) && move.from !== 'queued';
  if (arrived)
    measurements.push(
      measurement('transfer', true, { ...about, ms: move.from === 'transferring' ? move.ms : null, bytes: move.bytes }),
    );
  if (move.to === 'published') measurements.push(measurement('publish', true, { ...held, ms: move.ms }));
  if (move.to === 'active' && move.from !== 'expiring')
    measurements.push(measurement('seal', true, { ...held, ms: move.from === 'published' ? move.ms : null }));
  if (move.to === 'rejected')
    measurements.push(measurement('accept', false, { ...about, ms: move.ms, reason: move.reason }));
  if (move.to === 'slashed')
    measurements.push(
      measurement('slash', false, { ...held, phase: move.phase, reason: move.reason, source: move.from }),
    );
  if (SEALED.has(move.from) && (move.to === 'ended' || move.to === 'failed'))
    measurements.push(measurement('end', move.to === 'ended', { ...held, reason: move.reason }));
  if (move.to === 'failed' || move.to === 'rejected') {
    measurements.push(
      measurement('failure', false, {
        ...about,
        phase: move.phase,
        reason: move.reason,
        ms: move.ms,
        bytes: move.bytes,
        source: SEALED.has(move.from) ? move.from : null,
      }),
    );
  }
  // A transfer that broke has used its bandwidth as well.
  const broke = (move.to === 'failed' || move.to === 'rejected') && !TRANSFERRED.has(move.from);
  const bandwidth =
    (arrived || broke) && move.bytes > 0
      ? [
          {
            channel: 'transfer' as const,
            direction: 'out' as const,
            subject: move.carId,
            userId: '',
            bytes: move.bytes,
            requests: 1,
          },
        ]
      : [];
  return { measurements, bandwidth };
}

/**
 * The measurements and the bandwidth of one attempt at one source. A failed attempt that received bytes used its
 * bandwidth as well. Pure.
 */
export function observeRetrieval(attempt: Attempt): Observation {
  const about = { miner: attempt.miner, cid: attempt.root, source: attempt.source };
  const measurements: Measurement[] = [];
  if (attempt.firstByteMs !== null)
    measurements.push(measurement('retrieval-first-byte', true, { ...about, ms: attempt.firstByteMs }));
  measurements.push(
    measurement('retrieval', attempt.ok, {
      ...about,
      phase: attempt.phase,
      reason: attempt.reason,
      ms: attempt.durationMs,
      bytes: attempt.bytes,
    }),
  );
  const bandwidth =
    attempt.bytes > 0
      ? [
          {
            channel: 'retrieval' as const,
            direction: 'in' as const,
            subject: attempt.root,
            userId: '',
            bytes: attempt.bytes,
            requests: 1,
          },
        ]
      : [];
  return { measurements, bandwidth };
}

/** One measurement of the batch, with its bytes; bandwidth for each content, by its own account. Pure. */
export function observeUploads(stored: Stored): Observation {
  const bytes = stored.contents.reduce((sum, content) => sum + content.size, 0);
  return {
    measurements: [measurement('upload', true, { bytes })],
    bandwidth: stored.contents.map((content) => ({
      channel: 'upload',
      direction: 'in',
      subject: content.cid,
      userId: content.userId,
      bytes: content.size,
      requests: 1,
    })),
  };
}

/** The bytes of a content that are not stored any more. Events of older releases do not say how many. Pure. */
export function observeDeletion(deleted: Deleted): Observation {
  const about = { cid: deleted.cid, userId: deleted.userId, bytes: deleted.size ?? 0 };
  return { measurements: [measurement('delete', true, about)], bandwidth: [] };
}

/** That a pin came to an end, either way; what happens before is no measurement. Pure. */
export function observePin(change: PinChange): Observation {
  if (change.status !== 'pinned' && change.status !== 'failed') return { measurements: [], bandwidth: [] };
  const about = { cid: change.cid, userId: change.userId, reason: change.status === 'failed' ? change.reason : null };
  return { measurements: [measurement('pin', change.status === 'pinned', about)], bandwidth: [] };
}
