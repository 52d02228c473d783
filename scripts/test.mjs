// npm test: everything that says whether this clone is right, in under ten minutes and without any service.
// node scripts/test.mjs --long: the stories that take longer.
import { fail } from './steps/fail.mjs';
import { runRings } from './steps/rings.mjs';
import { setUp } from './steps/set-up.mjs';

const longStories = 'killed-at-any-moment|\\.long\\.e2e-spec\\.ts$';

await setUp({ dev: true }).catch(fail);
const rings = process.argv.includes('--long')
  ? [['story', ['--runInBand', '--passWithNoTests', longStories]]]
  : [
      ['unit', []],
      ['integration', []],
      ['story', ['--runInBand', '--passWithNoTests', '--testPathIgnorePatterns', longStories]],
    ];
const { passed, failed, skipped } = await runRings(rings);
console.log(`\n${skipped > 0 ? `${skipped} skipped\n` : ''}${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
