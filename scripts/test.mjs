// npm test: everything that says whether this clone is right, in under ten minutes and without any service.
// The long stories (*.long.e2e-spec.ts) are for .ci/run and `npm run test:story`.
import { fail } from './steps/fail.mjs';
import { runRings } from './steps/rings.mjs';
import { setUp } from './steps/set-up.mjs';

await setUp().catch(fail);
const { passed, failed, skipped } = await runRings([
  ['unit', []],
  ['integration', []],
  ['story', ['--runInBand', '--passWithNoTests', '--testPathIgnorePatterns', '\\.long\\.e2e-spec\\.ts$']],
]);
console.log(`\n${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
