import type { Clock } from '../../shared/index.js';

/** A fact and how old it is. */
export interface Aged<T> {
  value: T;
  /** When it was read from its source. */
  at: Date;
  ageMs: number;
}

/** How long a fact is good. */
export interface CachePolicy {
  /** Up to this age it is given without asking. */
  freshMs: number;
  /**
   * Up to this age it is given at once while it is asked for again behind the scenes, and when the source does not
   * answer.
   */
  keepMs: number;
}

/** One fact, read once for all who ask at the same time, never older than `keepMs`. */
export class CachedFact<T> {
  private known: { value: T; at: number } | undefined;
  private loading: Promise<T> | undefined;

  constructor(
    private readonly load: () => Promise<T>,
    private readonly policy: CachePolicy,
    private readonly clock: Clock,
  ) {}

  /** @throws what the source throws when there is nothing young enough to give. */
  async get(): Promise<Aged<T>> {
    const ageMs = this.age();
    if (!this.known || ageMs > this.policy.keepMs) await this.refresh();
    else if (ageMs > this.policy.freshMs) this.refresh().catch(() => undefined);
    return this.give();
  }

  /** Never older than `freshMs`: waits for the source. @throws what the source throws. */
  async fresh(): Promise<Aged<T>> {
    if (!this.known || this.age() > this.policy.freshMs) await this.refresh();
    return this.give();
  }

  /** One load for all who want it meanwhile. */
  private refresh(): Promise<T> {
    this.loading ??= this.load()
      .then((value) => {
        this.known = { value, at: this.clock.now().getTime() };
        return value;
      })
      .finally(() => {
        this.loading = undefined;
      });
    return this.loading;
  }

  private age(): number {
    return this.known ? this.clock.now().getTime() - this.known.at : Infinity;
  }

  private give(): Aged<T> {
    if (!this.known) throw new Error('a fact was given before it was read');
    return { value: this.known.value, at: new Date(this.known.at), ageMs: this.age() };
  }
}
