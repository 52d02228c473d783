// npm run fuzz -- --minutes 10 --seed 7: the fuzzer (test/fuzz) on the pinned Node, on what is built.
import { join } from 'node:path';
import { fail } from './steps/fail.mjs';
import { pinnedNode } from './steps/pinned-node.mjs';
import { root } from './steps/root.mjs';
import { run } from './steps/run.mjs';
import { setUp } from './steps/set-up.mjs';

await setUp({ dev: true }).catch(fail);
process.exitCode = await run(pinnedNode(), [join(root, 'test', 'fuzz', 'run.mjs'), ...process.argv.slice(2)]);
