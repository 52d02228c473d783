import type { DomainError, UserId } from '../../shared/index.js';

/** The owner of the thing with this id (as it stands in the URL), or null when there is no such thing. */
export type OwnerLookup = (id: string) => Promise<UserId | null>;

/** How the owners of one kind of things are found. */
export interface OwnedKind {
  ownerOf: OwnerLookup;
  /** The room's own 404, so that "not yours" and "not there" read alike. */
  notFound?: (id: string) => DomainError;
}

/** Who owns what: rooms register a lookup per kind of thing in `onModuleInit`, the owner guard asks. */
export class OwnerRegistry {
  private readonly kinds = new Map<string, OwnedKind>();

  /** Once per kind. @throws Error for a kind that has a lookup already. */
  register(kind: string, ownerOf: OwnerLookup, notFound?: (id: string) => DomainError): void {
    if (this.kinds.has(kind)) throw new Error(`two owners' lookups for ${kind}`);
    this.kinds.set(kind, { ownerOf, ...(notFound ? { notFound } : {}) });
  }

  /** Undefined: no room of this process registered the kind. */
  find(kind: string): OwnedKind | undefined {
    return this.kinds.get(kind);
  }
}
