import pg from 'pg';
import { Prisma } from './generated/client.js';

const { builtins } = pg.types;
/** Type numbers (pg_type.oid) that the driver has no names for. */
const INT8_ARRAY = 1016;
const TEXT_ARRAY = 1009;
const NUMERIC_ARRAY = 1231;

type Parser = (text: string) => unknown;
const parserOf = (oid: number) => pg.types.getTypeParser(oid) as Parser;

/** Where the driver's own reading differs from Prisma's. */
const parsers = new Map<number, Parser>([
  [builtins.INT8, BigInt],
  [INT8_ARRAY, (text) => (parserOf(TEXT_ARRAY)(text) as (string | null)[]).map((item) => item && BigInt(item))],
  [builtins.NUMERIC, decimalText],
  [NUMERIC_ARRAY, (text) => (parserOf(TEXT_ARRAY)(text) as (string | null)[]).map((item) => item && decimalText(item))],
  [builtins.DATE, (text) => new Date(`${text}T00:00:00Z`)],
  [builtins.TIMESTAMP, (text) => new Date(`${text.replace(' ', 'T')}Z`)],
]);

/** For queries by the driver: the types that `Statement` promises. */
export const rowTypes: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    (pg.types.getTypeParser(oid, format as 'text') as Parser)) as pg.CustomTypesConfig['getTypeParser'],
};

/** For rows by Prisma: the same types; only its decimals differ. Changes the row that it is given and returns it. */
export function plainRow<Row extends object>(row: Row): Row {
  for (const [name, value] of Object.entries(row)) {
    const plain = plainValue(value);
    if (plain !== value) (row as Record<string, unknown>)[name] = plain;
  }
  return row;
}

function plainValue(value: unknown): unknown {
  if (Prisma.Decimal.isDecimal(value)) return value.toFixed();
  if (Array.isArray(value) && value.some((item) => Prisma.Decimal.isDecimal(item))) return value.map(plainValue);
  return value;
}

/** As Prisma's decimals write themselves: no zeros at the end. */
function decimalText(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
