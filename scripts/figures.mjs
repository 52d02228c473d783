// npm run figures [-- <folder of another checkout>]: the size and shape of the house, as JSON.
// Comments are whole lines; tests are *.spec, *.int-spec, *.contract, testing/ and test/; generated code does not count.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = process.argv[2] ?? join(import.meta.dirname, '..');

/** Every file that people wrote below a folder, as paths from the root. */
function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs|sql)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((file) => !/\/generated\/|node_modules\/|\/results\//.test(file));
}

function measure(file) {
  const lines = readFileSync(join(root, file), 'utf8').replace(/\n$/, '').split('\n');
  const opens = file.endsWith('.sql') ? /^--/ : /^(\/\/|\/\*)/;
  let inBlock = false;
  let comments = 0;
  for (const line of lines) {
    const text = line.trim();
    if (inBlock || opens.test(text)) comments += 1;
    if (inBlock ? text.includes('*/') : text.startsWith('/*')) inBlock = !inBlock && !text.includes('*/');
  }
  return {
    file,
    lines: lines.length,
    comments,
    over140: lines.filter((line) => line.length > 140).length,
    longest: Math.max(...lines.map((line) => line.length)),
  };
}

const sum = (list, pick) => list.reduce((total, each) => total + pick(each), 0);
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
const isTest = (file) => /\.(spec|int-spec|e2e-spec|kubo-spec|contract)\.ts$|\/testing\/|^test\//.test(file);

const all = [...filesBelow('src'), ...filesBelow('test')].map(measure);
const source = all.filter(({ file }) => !isTest(file));
const tests = all.filter(({ file }) => isTest(file));
const sizes = source.map(({ lines }) => lines).sort((a, b) => a - b);
const largest = source.reduce((a, b) => (a.lines > b.lines ? a : b));

/** `src/adapters/helia/x.ts` is of `adapters/helia`, everything else of its folder below src. */
const roomOf = ({ file }) =>
  file
    .split('/')
    .slice(1, file.startsWith('src/adapters/') ? 3 : 2)
    .join('/');
const rooms = {};
for (const each of source) {
  const room = (rooms[roomOf(each)] ??= { files: 0, lines: 0, comments: 0 });
  room.files += 1;
  room.lines += each.lines;
  room.comments += each.comments;
}

console.log(
  JSON.stringify(
    {
      sourceFiles: source.length,
      sourceLines: sum(source, ({ lines }) => lines),
      medianLines: quantile(sizes, 0.5),
      p95Lines: quantile(sizes, 0.95),
      filesUpTo30Lines: sizes.filter((lines) => lines <= 30).length,
      largest: `${largest.file} (${largest.lines})`,
      commentPercent: Number(
        ((100 * sum(source, ({ comments }) => comments)) / sum(source, ({ lines }) => lines)).toFixed(1),
      ),
      testLines: sum(tests, ({ lines }) => lines),
      testToSource: Number((sum(tests, ({ lines }) => lines) / sum(source, ({ lines }) => lines)).toFixed(2)),
      linesOver140: sum(all, ({ over140 }) => over140),
      longestLine: Math.max(...all.map(({ longest }) => longest)),
      rooms,
    },
    null,
    2,
  ),
);
