// What the two fairness benches share: a backlog in the table of pins, and how delays are summed up.
import { randomBytes, randomUUID } from 'node:crypto';
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import * as Digest from 'multiformats/hashes/digest';

const SHA2_256 = 0x12;
const AT_ONCE = 20_000;

/** A root that nobody has. */
export const nobodyHas = () => CID.createV1(raw.code, Digest.create(SHA2_256, randomBytes(32)));

/** Queues pins as the API would, only faster: rows, a millisecond apart. */
export async function fill(
  sql,
  userId,
  count,
  { makeCid = nobodyHas, origins = [], from = new Date(Date.now() - count) } = {},
) {
  for (let done = 0; done < count; done += AT_ONCE) {
    const cids = Array.from({ length: Math.min(AT_ONCE, count - done) }, () => makeCid().toString());
    await sql.query(
      `INSERT INTO pins (request_id, user_id, cid, cid_v1, origins, created_at, next_check_at)
       SELECT id, $1, cid, cid, $3, $5::timestamptz + ($6::int + n) * interval '1 millisecond', $5::timestamptz + ($6::int + n) * interval '1 millisecond'
       FROM unnest($2::text[], $4::uuid[]) WITH ORDINALITY AS given(cid, id, n)`,
      [userId, cids, JSON.stringify(origins), cids.map(() => randomUUID()), from.toISOString(), done],
    );
  }
  await sql.query('VACUUM ANALYZE pins');
}

export function summary(seconds) {
  const sorted = [...seconds].sort((a, b) => a - b);
  const at = (share) =>
    Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2));
  return { pins: sorted.length, p50Seconds: at(0.5), p95Seconds: at(0.95), maxSeconds: at(1) };
}

export const inWords = ({ p50Seconds, p95Seconds, maxSeconds }) =>
  `${p50Seconds} s median, ${p95Seconds} s at the 95th percentile, ${maxSeconds} s at most`;
