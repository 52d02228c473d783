// Runs rings of tests one after the other and adds up what came out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './root.mjs';
import { run } from './run.mjs';

/** More files than this do not fail by chance: they are not run again. */
const MOST_AGAIN = 4;
/** Of a failure's message, the lines that are said again at the end. */
const MESSAGE_LINES = 30;
const NOTHING = {
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numRuntimeErrorTestSuites: 0,
  testResults: [],
};

/**
 * `rings`: [name, jest arguments]. Resolves to { passed, failed, skipped }; a ring that broke down counts as one
 * failure more. A file with a failure is run once more, alone: what passes then counts as passed, and is named, for a
 * test that fails now and then is a fault to be found. What fails twice has failed.
 */
export async function runRings(rings) {
  const folder = mkdtempSync(join(tmpdir(), 'tidewater-results-'));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const unsteady = [];
  const failures = [];
  try {
    for (const [ring, args] of rings) {
      console.log(`\n--- ${ring} tests`);
      const first = await runRing(ring, args, join(folder, `${ring}.json`));
      const files = first.result.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);
      add(sum, first);
      if (first.code >= 128) break;
      if (files.length === 0) continue;
      if (files.length > MOST_AGAIN) {
        failures.push(...failuresOf(first.result));
        continue;
      }
      console.log(`\n--- ${ring} tests: what failed, once more`);
      const again = await runRing(ring, ['--runInBand', '--runTestsByPath', ...files], join(folder, 'again.json'));
      // Instead of what those files gave the first time.
      add(sum, { code: 0, result: resultOf(first.result, files) }, -1);
      add(sum, again);
      failures.push(...failuresOf(again.result));
      unsteady.push(...passedOnlyAgain(first.result, again.result));
      if (again.code >= 128) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  if (unsteady.length > 0) {
    console.log('\nFailed first and passed when run again:');
    for (const failure of unsteady) say('UNSTEADY', failure);
  }
  if (failures.length > 0) console.log('\nFailed:');
  for (const failure of failures) say('FAIL', failure);
  return sum;
}

async function runRing(ring, args, file) {
  rmSync(file, { force: true });
  const code = await run(
    process.execPath,
    [join(root, 'scripts', 'jest.mjs'), ring, '--json', `--outputFile=${file}`, ...args],
    {
      // The JSON goes to the file; what jest shows people goes to stderr.
      stdio: ['inherit', 'ignore', 'inherit'],
    },
  );
  return { code, result: read(file) };
}

function add(sum, { code, result }, sign = 1) {
  sum.passed += sign * result.numPassedTests;
  sum.skipped += sign * result.numPendingTests;
  // A spec file that could not even be loaded has no tests to fail.
  const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
  sum.failed += sign * (failed === 0 && code !== 0 ? 1 : failed);
}

/** The part of a result that these files gave. */
function resultOf(result, files) {
  const part = { ...NOTHING };
  for (const { name, assertionResults } of result.testResults) {
    if (!files.includes(name)) continue;
    const count = (status) => assertionResults.filter((each) => each.status === status).length;
    part.numPassedTests += count('passed');
    part.numFailedTests += count('failed');
    part.numPendingTests += count('pending');
    if (assertionResults.length === 0) part.numRuntimeErrorTestSuites += 1;
  }
  return part;
}

/** What failed in a result: { title: `<file>: <test>`, message }. A spec file that could not be loaded is one. */
function failuresOf(result) {
  return result.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = relative(root, name);
    if (status === 'failed' && assertionResults.length === 0) return [{ title: file, message }];
    return assertionResults
      .filter((each) => each.status === 'failed')
      .map((each) => ({ title: `${file}: ${each.fullName}`, message: each.failureMessages.join('\n') }));
  });
}

/** Of what failed first, what passed then; with the message of the failure. */
function passedOnlyAgain(first, again) {
  const passed = new Set(
    again.testResults.flatMap(({ name, status, assertionResults }) => [
      ...(status === 'passed' ? [relative(root, name)] : []),
      ...assertionResults
        .filter((each) => each.status === 'passed')
        .map((each) => `${relative(root, name)}: ${each.fullName}`),
    ]),
  );
  return failuresOf(first).filter(({ title }) => passed.has(title));
}

/** The form in which `.ci/run` finds a failure again: a line of its own, its message indented below. */
function say(word, { title, message }) {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => !line.includes('/node_modules/'))
    .slice(0, MESSAGE_LINES);
  console.log(`  ${word}  ${title}\n${lines.map((line) => `        ${line}`).join('\n')}`);
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return NOTHING;
  }
}
