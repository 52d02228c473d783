// The official suite of the IPFS Pinning Service API, unmodified, against what `npm start` gives.
// Its exit code says nothing; its JSON does, but counts only the checks that it got to: fewer than nine is not a pass.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmStart } from '../support/npm-start.mjs';
import { toolCache } from '../support/tool-cache.mjs';

const CHECKS = 9;
const NAMES = ['package.json', 'package-lock.json', '.npmrc'];
const recipe = join(import.meta.dirname, 'pinning-compliance');

const passed = await main().catch((error) => {
  console.error(error.message);
  return 0;
});
console.log(`\n${passed} passed, ${CHECKS - passed} failed`);
process.exitCode = passed === CHECKS ? 0 : 1;

async function main() {
  const suite = join(await install(), 'node_modules', '@ipfs-shipyard', 'pinning-service-compliance', 'dist');
  const platform = await npmStart();
  try {
    const { hostname } = new URL(platform.url);
    await rm(join(suite, 'docs', `${hostname}.json`), { force: true });
    const said = await run(process.execPath, [
      '--require', join(recipe, 'preload.cjs'), join(suite, 'src', 'index.js'), '-s', `${platform.url}/pinning`, platform.key,
    ], { env: { ...process.env, PINNING_SPECIFICATION: join(import.meta.dirname, 'fixtures', 'ipfs-pinning-service-1.0.0.yaml') } });
    const result = JSON.parse(await readFile(join(suite, 'docs', `${hostname}.json`), 'utf8'));
    print(said, result);
    return result.total === CHECKS && result.failed === 0 ? CHECKS : Math.min(result.passed, CHECKS - 1);
  } finally {
    await platform.stop();
  }
}

/** `npm ci` of our lock into the cache folder, once per lock: beside its place first, so that a broken install is never found there. */
async function install() {
  const lock = createHash('sha256').update(await readFile(join(recipe, 'package-lock.json'))).digest('hex');
  const place = toolCache(`pinning-compliance-${lock.slice(0, 16)}`);
  if (existsSync(place)) return place;
  console.log('Installing the suite ...');
  await mkdir(dirname(place), { recursive: true });
  const fresh = await mkdtemp(`${place}.`);
  try {
    for (const name of NAMES) await cp(join(recipe, name), join(fresh, name));
    await run('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], { cwd: fresh });
    // Whoever was faster has put the same there.
    await rename(fresh, place).catch((error) => { if (!existsSync(place)) throw error; });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return place;
}

function run(command, args, options) {
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

/** The suite's own summary as a table; all that it said when something failed. */
function print(said, result) {
  if (result.total !== CHECKS || result.failed !== 0) console.log(said);
  const summary = said.slice(said.lastIndexOf('Summary ('));
  console.log('@ipfs-shipyard/pinning-service-compliance 1.8.1\n');
  for (const [, mark, name] of summary.matchAll(/^\s*(🟢|❌|⚠️)\s*(.+)$/gmu)) console.log(`  ${mark === '🟢' ? 'pass' : 'FAIL'}  ${name}`);
  console.log(`\n  total ${result.total}, passed ${result.passed}, failed ${result.failed}`);
}
