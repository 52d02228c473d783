// Whose table is it: prisma/schema.prisma says under which room's heading each model stands. Here the texts of src/ are read for
// tables and Prisma delegates of other rooms. A room that needs another's rows asks that room: a method of its store, a SQL view
// or a function that it offers.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** Tables, Prisma delegates and relations of the schema, each with its room. */
export function readSchema(text) {
  const models = [];
  let room = '';
  for (const part of text.split(/^(?=\/\/ -{5,} \w+$|model \w+ \{$)/m)) {
    room = /^\/\/ -{5,} (\w+)$/m.exec(part)?.[1] ?? room;
    const name = /^model (\w+) \{$/m.exec(part)?.[1];
    if (name === undefined) continue;
    const body = part.slice(0, part.search(/^\}$/m));
    models.push({ name, room, table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name, body });
  }
  const roomOf = new Map(models.map((model) => [model.name, model.room]));
  const relations = models.flatMap(({ name, room: from, body }) =>
    [...body.matchAll(/^\s+(\w+)\s+(\w+)(?:\[\]|\?)?(?:\s|$)/gm)]
      .filter(([, , type]) => roomOf.has(type) && roomOf.get(type) !== from)
      .map(([, field, type]) => ({ field, model: name, from, to: roomOf.get(type) })),
  );
  return {
    tables: new Map(models.map(({ table, room: owner }) => [table, owner])),
    delegates: new Map(models.map(({ name, room: owner }) => [name[0].toLowerCase() + name.slice(1), owner])),
    relations,
  };
}

/** The faults of one file, in words. `room` is the room that the file lies in. */
export function faultsOf({ path, text }, room, { tables, delegates, relations }) {
  const bare = path.endsWith('.sql') ? withoutSqlNoise(text) : withoutComments(text);
  const faults = [];
  const names = (name, owner, what) => {
    if (owner !== room) faults.push(`${path}: ${room} names ${what} ${name} of ${owner}`);
  };
  // Elsewhere plain words (a message, a log line) may follow "from".
  const flags = /\.sql(\.ts)?$/.test(path) ? 'gi' : 'g';
  for (const name of tablesIn(bare, tables, flags)) names(name, tables.get(name), 'the table');
  for (const name of delegatesIn(bare, delegates)) names(name, delegates.get(name), 'the delegate');
  for (const { field, model, from, to } of relations) {
    if (from !== room || !usesRelation(bare, field, model)) continue;
    faults.push(`${path}: ${room} reaches into ${to} by the relation ${field}`);
  }
  return [...new Set(faults)];
}

/** All faults of src/ under `root`. Tests plant rows where they like; the devnet has a database of its own. */
export function faultsUnder(root) {
  const schema = readSchema(readFileSync(join(root, 'prisma/schema.prisma'), 'utf8'));
  const rooms = new Set(schema.tables.values());
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|sql)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/\.(spec|int-spec|contract)\.ts$|\/testing\/|\/generated\/|^src\/(devnet|launch)\//.test(path))
    .sort()
    .flatMap((path) => {
      const top = path.split('/')[1];
      const room = rooms.has(top) ? top : `no room (${top})`;
      return faultsOf({ path, text: readFileSync(join(root, path), 'utf8') }, room, schema);
    });
}

/** Names of tables where SQL has them: after FROM, JOIN, INTO and the like, and further on in a list of FROM. */
function tablesIn(text, tables, flags) {
  const name = `"?(${[...tables.keys()].join('|')})"?(?![\\w".(]| *:)`;
  const first = new RegExp(`\\b(?:FROM|JOIN|INTO|UPDATE|TRUNCATE|USING|ONLY|TABLE|ON)\\s+(?:ONLY\\s+)?${name}`, flags);
  // Arguments of a function, and the name that the table or function goes by.
  const alias = '(?:\\([^()]*\\))?(?:\\s+(?:AS\\s+)?\\w+)?';
  const further = new RegExp(
    `\\b(?:FROM|USING)\\s+[\\w"]+${alias}(?:\\s*,\\s*[\\w".]+${alias})*?\\s*,\\s*${name}`,
    flags,
  );
  const leased = new RegExp(`\\btable: '(${[...tables.keys()].join('|')})'`, 'g');
  return [...text.matchAll(first), ...text.matchAll(further), ...text.matchAll(leased)].map((match) =>
    match[1].toLowerCase(),
  );
}

function delegatesIn(text, delegates) {
  const calls = 'find\\w+|create\\w*|update\\w*|upsert|delete\\w*|count|aggregate|groupBy';
  return [...text.matchAll(new RegExp(`\\.(${[...delegates.keys()].join('|')})\\s*\\.(?:${calls})\\(`, 'g'))].map(
    (match) => match[1],
  );
}

/** A relation reaches into another table where a query of its model selects, includes or filters by it. */
function usesRelation(text, field, model) {
  const delegate = model[0].toLowerCase() + model.slice(1);
  const within = `(?:include|select|where|data):\\s*\\{[^{}]*\\b${field}:`;
  const itself = `\\b${field}:\\s*\\{\\s*(?:select|include|where|some|none|every|is|isNot|connect|create)\\b`;
  return new RegExp(`\\.${delegate}\\s*\\.`).test(text) && new RegExp(`${within}|${itself}`).test(text);
}

function withoutComments(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, ' ').replaceAll(/(^|\s)\/\/.*$/gm, '$1');
}

function withoutSqlNoise(text) {
  return text.replaceAll(/--.*$/gm, '').replaceAll(/'(?:[^']|'')*'/g, "''");
}
