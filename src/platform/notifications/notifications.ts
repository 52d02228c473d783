/**
 * Wake-ups between processes, by PostgreSQL's NOTIFY. A wake-up carries nothing and may be lost (with a connection, or
 * with the process that sent it): what there is to do stands in the rows, and whoever subscribes looks there now and
 * then by itself.
 */
export abstract class Notifications {
  /**
   * Calls `wake` soon after anybody notified the channel, in this process or another; several notifications may become
   * one call. It is also called whenever the connection is there (again), because something may have been missed
   * before.
   *
   * @param channel - lower-case letters, digits and `_`, at most 63
   * @param wake - must not throw
   * @returns ends the subscription; harmless twice
   */
  abstract subscribe(channel: string, wake: () => void): () => void;

  /**
   * Wakes every subscriber of the channel: at once, but no more often than ten times a second, so that whoever does
   * something thousands of times a second may notify each time. Never throws: a wake-up may be lost anyway. A
   * transaction that wants to wake them when it commits sends its own `NOTIFY` instead.
   */
  abstract notify(channel: string): void;
}
