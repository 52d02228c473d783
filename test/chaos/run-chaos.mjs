// npm run chaos -- --rounds 500 --seed S: the platform between operations and faults, compared with a model.
import { join } from 'node:path';
import { fail } from '../../scripts/steps/fail.mjs';
import { pinnedNode } from '../../scripts/steps/pinned-node.mjs';
import { root } from '../../scripts/steps/root.mjs';
import { run } from '../../scripts/steps/run.mjs';
import { setUp } from '../../scripts/steps/set-up.mjs';

await setUp({ dev: true }).catch(fail);
process.exitCode = await run(pinnedNode(), [
  // Types go, and what stands for code in them becomes code (parameter properties).
  '--experimental-transform-types',
  '--disable-warning=ExperimentalWarning',
  '--enable-source-maps',
  '--import',
  join(root, 'scripts', 'steps', 'typescript-imports.mjs'),
  join(root, 'test', 'chaos', 'main.ts'),
  ...process.argv.slice(2),
]);
