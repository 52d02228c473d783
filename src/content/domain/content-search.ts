/** What a list of contents may be ordered by. */
export const contentSorts = ['added', 'name', 'size'] as const;
/** One of them. */
export type ContentSort = (typeof contentSorts)[number];

/** Which of an account's contents are asked for, and in which order. */
export interface ContentSearch {
  /** The beginning of a name (whatever its case) or of a tag, or a CID. */
  q?: string | undefined;
  /** By when they came unless told. Names by the bytes of their lower case. */
  sort?: ContentSort | undefined;
  /** Newest and largest first, names from a on, unless told. */
  order?: 'asc' | 'desc' | undefined;
  limit: number;
  /** The last content of the page before. */
  before?: bigint | undefined;
}
