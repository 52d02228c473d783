import { Notifications } from '../notifications.js';

/** Wake-ups within one process, counted. */
export class InMemoryNotifications extends Notifications {
  /** Channels in the order in which they were notified. */
  readonly sent: string[] = [];
  private readonly subscribers = new Set<{ channel: string; wake: () => void }>();

  subscribe(channel: string, wake: () => void): () => void {
    const subscriber = { channel, wake };
    this.subscribers.add(subscriber);
    wake();
    return () => {
      this.subscribers.delete(subscriber);
    };
  }

  notify(channel: string): void {
    this.sent.push(channel);
    for (const subscriber of this.subscribers) if (subscriber.channel === channel) subscriber.wake();
  }
}
