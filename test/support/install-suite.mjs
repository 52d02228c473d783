// Suites and clients of others, installed outside the project's own dependencies: `npm ci` of a lock of ours into the
// cache folder.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { toolCache } from './tool-cache.mjs';

const NAMES = ['package.json', 'package-lock.json', '.npmrc'];

/**
 * The folder that has what `recipe`'s lock names, installed once per lock: beside its place first, so that a broken
 * install is never found there.
 */
export async function installSuite(recipe) {
  const lock = createHash('sha256')
    .update(await readFile(join(recipe, 'package-lock.json')))
    .digest('hex');
  const place = toolCache(`${basename(recipe)}-${lock.slice(0, 16)}`);
  if (existsSync(place)) return place;
  console.log(`Installing ${basename(recipe)} ...`);
  await mkdir(dirname(place), { recursive: true });
  const fresh = await mkdtemp(`${place}.`);
  try {
    for (const name of NAMES) await cp(join(recipe, name), join(fresh, name));
    await run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: fresh });
    // Whoever was faster has put the same there.
    await rename(fresh, place).catch((error) => {
      if (!existsSync(place)) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return place;
}

/** What a command printed. @throws with all of it when the command failed. */
export function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      const words = Buffer.concat(said).toString();
      if (code === 0) resolve(words);
      else reject(new Error(`${command} ${args[0]} ended with ${code}:\n${words}`));
    });
  });
}
