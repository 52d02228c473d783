/** How long work belongs to a worker that gives no sign of life: a crash costs this much time, nothing else. */
export const LEASE_MS = 10_000;

/**
 * Runs `work` and extends its lease meanwhile. An extension that fails is tried again: the lease is longer than three
 * of them.
 */
export async function whileExtending<T>(
  extend: () => Promise<unknown>,
  work: () => Promise<T>,
  leaseMs: number = LEASE_MS,
): Promise<T> {
  const timer = setInterval(() => void extend().catch(() => undefined), leaseMs / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
