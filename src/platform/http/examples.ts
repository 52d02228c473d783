/** A schema of OpenAPI 3.0, as far as examples are made of it. */
export interface ExampleSchema {
  type?: string;
  format?: string;
  enum?: unknown[];
  default?: unknown;
  example?: unknown;
  nullable?: boolean;
  properties?: Record<string, ExampleSchema>;
  required?: string[];
  items?: ExampleSchema;
  anyOf?: ExampleSchema[];
  [more: string]: unknown;
}

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const TIME = '2026-01-31T12:00:00.000Z';
const UUID = '0190a6c2-7c1e-7d43-9a55-3f6b2a1c0d9e';

/** Values that a reader recognises, by the name of the field; what is no name here gets one by its type. */
const BY_NAME: Record<string, unknown> = {
  cid: CID,
  cids: CID,
  root: CID,
  contentCid: CID,
  pieceCid: 'baga6ea4seaqao7s73y24kcutaosvacpdjgfe5pw76ooefnyqw4ynr3d2y6x2mpq',
  propCid: 'bafyreihdb57fdysx5h35urvxz64ros7zvywshber7id6t6c6fek37jgyfe',
  retrieval_url: `https://tidewater.example/ipfs/${CID}`,
  estuary_retrieval_url: `https://tidewater.example/ipfs/${CID}`,
  name: 'hello.txt',
  filename: 'hello.txt',
  username: 'anna',
  miner: 'f01000',
  addr: 'f01000',
  address: 'f3vvmn62lofvhjd2ugzca6sof2j2ubwok6cj4xxbfzz4yuxfkgobpihhd2thlanmsh3w2ptld2gqkn2jvlss4a',
  state: 'active',
  status: 'pinned',
  size: 1_048_576,
  replication: 6,
  duration: 518_400,
  durationBlks: 518_400,
  price: '50000000',
  maxPrice: '50000000',
  limit: 100,
  offset: 0,
  days: 30,
  hours: 24,
  estuaryId: 1,
  id: 1,
  token: 'EST00000000-0000-4000-8000-000000000000ARY',
  label: 'laptop',
  expiry: '720h',
  reason: 'maintenance until Monday',
  requestid: UUID,
  url: 'https://receiver.example/hook',
};

/**
 * An example of what the schema describes: the schema's own, else by name and type. All that is optional is in answers
 * (`whole`), and only what has to be sent is in bodies.
 */
export function exampleOf(schema: ExampleSchema, name = '', whole = true): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.enum) return schema.enum.find((value) => value !== null);
  if (schema.default !== undefined) return schema.default;
  if (schema.anyOf?.[0]) return exampleOf(schema.anyOf[0], name, whole);
  if (schema.type === 'array') {
    const item = schema.items ? exampleOf(schema.items, name, whole) : undefined;
    return item === undefined ? [] : [item];
  }
  if (schema.type === 'object') return ofProperties(schema, whole);
  const named = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  if (schema.type === 'string') return ofText(schema, named);
  if (schema.type === 'number' || schema.type === 'integer') return typeof named === 'number' ? named : 1;
  if (schema.type === 'boolean') return true;
  return schema.nullable ? null : {};
}

function ofProperties({ properties = {}, required = [] }: ExampleSchema, whole: boolean): object {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => whole || required.includes(name))
      .map(([name, schema]) => [name, exampleOf(schema, name, whole)]),
  );
}

function ofText({ format, pattern }: ExampleSchema, named: unknown): string {
  if (format === 'date-time') return TIME;
  if (format === 'uuid') return UUID;
  if (typeof pattern === 'string' && !(typeof named === 'string' && new RegExp(pattern).test(named))) return '1';
  return typeof named === 'string' ? named : 'text';
}
