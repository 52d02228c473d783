// Attacks on the gateway and on uploads, with `/health` watched from another process: the story of hostile DAGs at full
// size, held to its goal of 100 ms. Figures go to test/bench/results/hostile.json.
// npm run bench:hostile [-- --health 100 --seconds 3 --blocks 300000]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    health: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '3' },
    blocks: { type: 'string', default: '300000' },
  },
});
const { status } = spawnSync('npm', ['run', '--silent', 'test:story', '--', 'hostile-dags'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    TIDEWATER_STORY_HEALTH_MS: values.health,
    TIDEWATER_STORY_SECONDS: values.seconds,
    TIDEWATER_STORY_BLOCKS: values.blocks,
    TIDEWATER_STORY_FIGURES: join(import.meta.dirname, 'results', 'hostile.json'),
  },
});
process.exit(status ?? 1);
