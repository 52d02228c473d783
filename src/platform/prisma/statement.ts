/**
 * What a statement takes in. Dates and bigints are handed in as they are. An array is an array of PostgreSQL; what is
 * to be read as JSON is wrapped in `json(…)`. Text of a type of its own is cast in the statement (`$1::uuid[]`).
 */
export type Parameter = string | number | bigint | boolean | Date | Uint8Array | null | readonly Parameter[];

/**
 * One SQL text, with the parameters that it takes and the rows that it answers with. Stands in a `*.sql.ts`:
 *
 *     export const CLAIM_NEXT = sql<ClaimRow, [now: Date, until: Date]>(`UPDATE … RETURNING id, created_at`);
 *
 * Rows hold the same types wherever the statement runs, as Prisma reads plain rows: int8 is a bigint, timestamps and
 * dates are a Date, numeric is decimal text (never a float; no zeros at its end), json and jsonb are parsed, bytea is a
 * Uint8Array, the smaller numbers are numbers. The internal type "char" and `void` cannot be read: cast them.
 */
export interface Statement<Row extends object, Values extends readonly Parameter[]> {
  readonly text: string;
  /** A name makes the server keep the plan, on each connection of the fast pool: for the hottest statements. */
  readonly name?: string;
  /** Only for the types of both; never there. */
  readonly shape?: (values: Values) => Row;
}

/** The text stands in the code as it is; values only ever go in by `$1`, never by a template. */
export function sql<Row extends object = never, Values extends readonly Parameter[] = readonly Parameter[]>(
  text: string,
  options: { name?: string } = {},
): Statement<Row, Values> {
  return { text, ...options };
}

/** A parameter for a place of type json or jsonb. */
export function json(value: unknown): string {
  return JSON.stringify(value);
}

/**
 * As text where the two drivers would differ: Prisma would send a Date without its zone. The server learns the type
 * from the statement.
 */
export function wireValue(value: Parameter): unknown {
  if (value instanceof Date) return timeText(value);
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return (value as readonly Parameter[]).map(wireValue);
  return value;
}

/**
 * ISO 8601, and beyond its four digits as PostgreSQL writes years: 10000 and more as they are, those before 1 as BC.
 */
function timeText(time: Date): string {
  const year = time.getUTCFullYear();
  const rest = time.toISOString().slice(-20);
  if (year > 0) return `${String(year).padStart(4, '0')}${rest}`;
  return `${String(1 - year).padStart(4, '0')}${rest} BC`;
}
