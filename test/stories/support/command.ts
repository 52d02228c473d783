import { spawn } from 'node:child_process';
import path from 'node:path';
import type { Platform } from './platform.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');

/**
 * `npm run cli -- …` on the data folder of a platform, as an operator types it. What it said on both outputs, together.
 */
export async function runCommand(
  platform: Pick<Platform, 'dataDir'>,
  args: string[],
  settings: Record<string, string> = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn('npm', ['run', '--silent', 'cli', '--', ...args], {
    cwd: ROOT,
    env: { ...process.env, ...settings, TIDEWATER_DATA: platform.dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
