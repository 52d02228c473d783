// The official suite of the IPFS Pinning Service API, unmodified, against what `npm start` gives.
// Its exit code says nothing; its JSON does, but counts only the checks that it got to: fewer than nine is not a pass.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { installSuite, run } from '../support/install-suite.mjs';
import { npmStart } from '../support/npm-start.mjs';

const CHECKS = 9;
const recipe = join(import.meta.dirname, 'pinning-compliance');

const passed = await main().catch((error) => {
  console.error(error.message);
  return 0;
});
console.log(`\n${passed} passed, ${CHECKS - passed} failed`);
process.exitCode = passed === CHECKS ? 0 : 1;

async function main() {
  const suite = join(
    await installSuite(recipe),
    'node_modules',
    '@ipfs-shipyard',
    'pinning-service-compliance',
    'dist',
  );
  const platform = await npmStart();
  try {
    const { hostname } = new URL(platform.url);
    await rm(join(suite, 'docs', `${hostname}.json`), { force: true });
    const said = await run(
      process.execPath,
      [
        '--require',
        join(recipe, 'preload.cjs'),
        join(suite, 'src', 'index.js'),
        '-s',
        `${platform.url}/pinning`,
        platform.key,
      ],
      {
        env: {
          ...process.env,
          PINNING_SPECIFICATION: join(import.meta.dirname, 'fixtures', 'ipfs-pinning-service-1.0.0.yaml'),
        },
      },
    );
    const result = JSON.parse(await readFile(join(suite, 'docs', `${hostname}.json`), 'utf8'));
    print(said, result);
    return result.total === CHECKS && result.failed === 0 ? CHECKS : Math.min(result.passed, CHECKS - 1);
  } finally {
    await platform.stop();
  }
}

/** The suite's own summary as a table; all that it said when something failed. */
function print(said, result) {
  if (result.total !== CHECKS || result.failed !== 0) console.log(said);
  const summary = said.slice(said.lastIndexOf('Summary ('));
  console.log('@ipfs-shipyard/pinning-service-compliance 1.8.1\n');
  for (const [, mark, name] of summary.matchAll(/^\s*(🟢|❌|⚠️)\s*(.+)$/gmu))
    console.log(`  ${mark === '🟢' ? 'pass' : 'FAIL'}  ${name}`);
  console.log(`\n  total ${result.total}, passed ${result.passed}, failed ${result.failed}`);
}
