import { Injectable } from '@nestjs/common';
import { Database, query } from '../../platform/prisma/index.js';
import { canonicalCid, parseCid, parseRowId, type ContentId, type UserId } from '../../shared/index.js';
import type { Content } from '../domain/content.js';
import type { ContentSearch, ContentSort } from '../domain/content-search.js';
import { OF_ROOT, PLACE, RENAME, SEARCHES, SET_TAGS, TAGGED } from './content-search.sql.js';
import { contentOf } from './postgres-content.store.js';

/** Contents that are looked at for a tag or a CID that very many have: the newest of them. */
const MOST_OTHERS = 10_000;
/** The last of all characters: what begins with a text is below the text and this. */
const LAST = '\u{10ffff}';

/** Contents by what their owner calls them. */
@Injectable()
export class ContentSearchStore {
  constructor(private readonly database: Database) {}

  /** A page of one account's contents; null where `before` is no content of this account. */
  async search(user: UserId, { q, sort = 'added', order, limit, before }: ContentSearch): Promise<Content[] | null> {
    const behind = before === undefined ? { value: null, id: null } : await this.placeOf(before, user, sort);
    if (!behind) return null;
    const rows = await query(this.database, SEARCHES[sort][order ?? (sort === 'name' ? 'asc' : 'desc')], [
      user,
      limit,
      behind.value,
      behind.id,
      q ?? null,
      q === undefined ? null : `${q}${LAST}`,
      q === undefined ? [] : await this.notByName(user, q),
    ]);
    return rows.map(contentOf);
  }

  /** Those of these contents that are this account's have just these tags now; their ids. */
  async setTags(user: UserId, ids: readonly ContentId[], tags: readonly string[]): Promise<Set<string>> {
    const rowIds = ids.map(parseRowId).filter((id) => id !== null);
    const rows = await query(this.database, SET_TAGS, [user, rowIds, tags]);
    return new Set(rows.map(({ id }) => String(id)));
  }

  /** False when there is no such content (any more). */
  async rename(id: ContentId, name: string): Promise<boolean> {
    const rowId = parseRowId(id);
    return rowId !== null && (await query(this.database, RENAME, [rowId, name])).length > 0;
  }

  /** Contents that a word means otherwise than by their name: by a tag, or as their CID. */
  private async notByName(user: UserId, q: string): Promise<bigint[]> {
    const word = q.toLowerCase();
    const tagged = await query(this.database, TAGGED, [user, word, `${word}${LAST}`, MOST_OTHERS]);
    const cid = parseCid(q);
    const ofRoot = cid ? await query(this.database, OF_ROOT, [user, canonicalCid(cid), MOST_OTHERS]) : [];
    return [...tagged, ...ofRoot].map(({ id }) => id);
  }

  private async placeOf(
    id: bigint,
    user: UserId,
    sort: ContentSort,
  ): Promise<{ value: string | bigint; id: bigint } | null> {
    const [place] = await query(this.database, PLACE, [id, user]);
    if (!place) return null;
    return { value: { added: id, name: place.name, size: place.size }[sort], id };
  }
}
