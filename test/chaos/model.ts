import type { Account, PinSource } from './plan.js';
import type { Recipe } from './random.js';

/**
 * What became of an upload, as far as its sender knows. `sent`: under way, or no answer came, so it may have happened.
 * `never`: refused, or broken off; or no answer came, and it was looked for twice and not there.
 */
export type UploadState = 'sent' | 'stored' | 'never' | 'deleting' | 'deleted';

export interface ExpectedContent {
  /** Unique: by it an upload without an answer is found again. */
  name: string;
  by: Account;
  recipe: Recipe;
  state: UploadState;
  id: number | null;
  cid: string | null;
  /** The first round in which it was looked for and not found, while its sender had no answer. */
  missedIn: number | null;
}

export type PinState = 'sent' | 'accepted' | 'never' | 'removing' | 'removed';

export interface ExpectedPin {
  name: string;
  by: Account;
  cid: string;
  recipe: Recipe | null;
  of: PinSource;
  state: PinState;
  requestId: string | null;
  /** The pin whose place it took, by its name. */
  replaces: string | null;
  missedIn: number | null;
}

/** An account's word on one of its contents. */
export interface ListedContent {
  id: number;
  name: string;
  cid: string;
  size: number;
  state: string;
  pinRequestId: string | null;
}

export interface ListedPin {
  requestId: string;
  name: string;
  cid: string;
  status: string;
}

/** What one account sees of itself. */
export interface AccountView {
  contents: readonly ListedContent[];
  pins: readonly ListedPin[];
  usage: { bytes: number; contents: number; pins: number };
  bytesQuota: number | null;
}

export type Observed = Readonly<Record<Account, AccountView>>;

/** Something that should not be: a stable kind, and words for people. */
export interface Difference {
  kind: string;
  detail: string;
}

/**
 * What was asked of the platform and what it answered, and hence what it owes. It speaks of what senders know alone:
 * an answer makes something certain, a missing answer leaves both possible until the platform is asked.
 */
export class Model {
  readonly contents = new Map<string, ExpectedContent>();
  readonly pins = new Map<string, ExpectedPin>();
  private found: Difference[] = [];

  sendUpload(name: string, by: Account, recipe: Recipe): ExpectedContent {
    const content: ExpectedContent = { name, by, recipe, state: 'sent', id: null, cid: null, missedIn: null };
    this.contents.set(name, content);
    return content;
  }

  sendPin(pin: Pick<ExpectedPin, 'name' | 'by' | 'cid' | 'recipe' | 'of' | 'replaces'>): ExpectedPin {
    const sent: ExpectedPin = { ...pin, state: 'sent', requestId: null, missedIn: null };
    this.pins.set(pin.name, sent);
    return sent;
  }

  /** The pin is accepted, and with it the one is gone whose place it takes. */
  pinAccepted(pin: ExpectedPin, requestId: string): void {
    pin.state = 'accepted';
    pin.requestId = requestId;
    const old = pin.replaces === null ? undefined : this.pins.get(pin.replaces);
    if (old) old.state = 'removed';
  }

  /** In the order in which they were sent. */
  stored(): ExpectedContent[] {
    return [...this.contents.values()].filter(({ state }) => state === 'stored');
  }

  acceptedPins(): ExpectedPin[] {
    return [...this.pins.values()].filter(({ state }) => state === 'accepted');
  }

  /** Somebody has it, by upload or by a pin that is certain: it has to be readable. */
  isOwed(cid: string): boolean {
    return this.stored().some((content) => content.cid === cid);
  }

  /** Somebody has it, or may have it. */
  mayBeHeld(cid: string): boolean {
    const held = [...this.contents.values()].some(
      (content) => (content.cid === cid || content.cid === null) && !['never', 'deleted'].includes(content.state),
    );
    const pinned = [...this.pins.values()].some((pin) => pin.cid === cid && !['never', 'removed'].includes(pin.state));
    return held || pinned;
  }

  /** What a reader was given is not what was stored, or nothing although it was. */
  report(kind: string, detail: string): void {
    this.found.push({ kind, detail });
  }

  /** What was reported since this was asked last. */
  takeFound(): Difference[] {
    const found = this.found;
    this.found = [];
    return found;
  }
}
