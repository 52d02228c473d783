/** How long work belongs to a worker that gives no sign of life: a crash costs this much time, nothing else. */
export const LEASE_MS = 10_000;

/** Runs `work` and renews its lease meanwhile. A renewal that fails is tried again: the lease is longer than three of them. */
export async function whileRenewing<T>(renew: () => Promise<void>, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => void renew().catch(() => undefined), LEASE_MS / 4);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
