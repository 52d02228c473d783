/** A rate with a depth: `perSecond` go on for ever, `burst` may come at once after a pause. */
export interface RateRule {
  perSecond: number;
  burst: number;
}

/** A process asks for a part of what a subject may still send. */
export interface LeaseRequest extends RateRule {
  /** `key:<id>`, `account:<id>`, `address:<ip>`: one rate each. */
  subject: string;
  /** Requests that it would like to let through by itself. */
  want: number;
}

/** What a process may let through without asking again. */
export interface Lease {
  subject: string;
  /** Whole requests, at most what was wanted; 0 when there is none left. */
  granted: number;
  /** What is left of the shared budget after that, fractions included. */
  remaining: number;
}

/**
 * Where processes get their parts of the rates from. The sum of all that is granted never passes the rule, whoever
 * asks.
 */
export abstract class RateBudgets {
  /** One answer for each request; their subjects differ. Rejects when the store cannot be asked. */
  abstract lease(requests: readonly LeaseRequest[]): Promise<Lease[]>;
}

/** Budgets of this process alone: in tests, and while the shared ones cannot be asked. */
export class LocalRateBudgets extends RateBudgets {
  private readonly budgets = new Map<string, { tokens: number; at: number }>();

  /** @param now - milliseconds on any clock; one that goes back fills nothing */
  constructor(
    private readonly now: () => number,
    private readonly most = 10_000,
  ) {
    super();
  }

  /**
   * Remembers so many subjects; the one that asked least lately is forgotten, and has a full budget when it comes
   * again.
   */
  lease(requests: readonly LeaseRequest[]): Promise<Lease[]> {
    return Promise.resolve(requests.map((request) => this.take(request)));
  }

  private take({ subject, perSecond, burst, want }: LeaseRequest): Lease {
    const now = this.now();
    const known = this.budgets.get(subject) ?? { tokens: burst, at: now };
    const available = Math.min(burst, known.tokens + (Math.max(0, now - known.at) / 1000) * perSecond);
    const granted = Math.min(want, Math.floor(available));
    this.budgets.delete(subject);
    this.budgets.set(subject, { tokens: available - granted, at: Math.max(now, known.at) });
    // The oldest first: it has filled most.
    if (this.budgets.size > this.most) this.budgets.delete(this.budgets.keys().next().value as string);
    return { subject, granted, remaining: available - granted };
  }
}
