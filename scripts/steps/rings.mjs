// Runs rings of tests one after the other and adds up what came out.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './root.mjs';
import { run } from './run.mjs';

/** `rings`: [name, jest arguments]. Resolves to { passed, failed, skipped }; a ring that broke down counts as one failure more. */
export async function runRings(rings) {
  const folder = mkdtempSync(join(tmpdir(), 'tidewater-results-'));
  const sum = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [ring, args] of rings) {
      console.log(`\n--- ${ring} tests`);
      const file = join(folder, `${ring}.json`);
      const code = await run(
        process.execPath,
        [join(root, 'scripts', 'jest.mjs'), ring, '--json', `--outputFile=${file}`, ...args],
        {
          // The JSON goes to the file; what jest shows people goes to stderr.
          stdio: ['inherit', 'ignore', 'inherit'],
        },
      );
      const result = read(file);
      sum.passed += result.numPassedTests;
      sum.skipped += result.numPendingTests;
      // A spec file that could not even be loaded has no tests to fail.
      const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
      sum.failed += failed === 0 && code !== 0 ? 1 : failed;
      if (code >= 128) break;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return sum;
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numRuntimeErrorTestSuites: 0 };
  }
}
