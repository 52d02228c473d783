import type { AttoFil, UserId } from '../../shared/index.js';

/** What an account has; a figure is missing where no room of this process keeps it. */
export interface AccountUse {
  /** Sum of the sizes of its contents. */
  bytes?: number;
  contents?: number;
  pins?: number;
  /** Padded bytes of verified deals over its pieces that were made within 24 hours. */
  dataCapToday?: number;
  /** attoFIL that deals over its pieces made within 24 hours cost, or will if they come about. */
  spendToday?: AttoFil;
}

/** The figures of these accounts; one that is left out has nothing. */
export type UseLookup = (users: readonly UserId[]) => Promise<ReadonlyMap<UserId, AccountUse>>;

/** How much accounts have: the rooms that keep it register in `onModuleInit`, as with the owner registry. */
export class UsageRegistry {
  private readonly lookups: UseLookup[] = [];

  /** Several rooms may, each for its own figures. */
  register(lookup: UseLookup): void {
    this.lookups.push(lookup);
  }

  /** An entry for each account that is asked for. */
  async of(users: readonly UserId[]): Promise<ReadonlyMap<UserId, AccountUse>> {
    const found = await Promise.all(this.lookups.map((lookup) => lookup(users)));
    return new Map(
      users.map((user): [UserId, AccountUse] => [
        user,
        Object.assign({}, ...found.map((figures) => figures.get(user) ?? {})) as AccountUse,
      ]),
    );
  }
}
