import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runQuietly } from './run.mjs';
import { step } from './step.mjs';

const wanted = () => read('package-lock.json');

/**
 * Installs exactly what package-lock.json says, when node_modules is not that already. What runs the platform is a good third smaller than
 * what tests and checks it: development packages come only when asked for (`dev`), or where they were before.
 */
export async function installPackages({ dev = false } = {}) {
  const want = wanted()?.packages;
  if (want === undefined) throw new Error('package-lock.json is missing or broken; git checkout package-lock.json');
  if (isInstalled(want, dev)) return;
  const all = dev || hasDevelopmentPackages();
  const places = Object.keys(want).filter((place) => place !== '' && (all || !want[place].dev));
  const arrived = () =>
    `${places.filter((place) => existsSync(join(root, place, 'package.json'))).length} of at most ${places.length} packages`;
  await step('Installing packages', () => install(all), arrived);
}

/** npm writes down what it installed when it has finished; that list is compared with the one we want. */
function isInstalled(want, dev) {
  const have = installed();
  if (have === undefined) return false;
  return Object.entries(want).every(([place, { version, integrity, link, ...kind }]) => {
    if (place === '' || link || (kind.dev === true && !dev)) return true;
    const found = have[place];
    // Packages for other machines' platforms are optional and rightly absent.
    if (found === undefined) return kind.optional === true || kind.devOptional === true;
    return (
      found.version === version &&
      (integrity === undefined || found.integrity === undefined || found.integrity === integrity)
    );
  });
}

const installed = () => read('node_modules/.package-lock.json')?.packages;
const hasDevelopmentPackages = () => Object.values(installed() ?? {}).some((found) => found.dev === true);

/** First with what npm has in its cache, without asking the registry whether there is anything newer: the lock file says what we want. */
async function install(all) {
  const command = ['ci', all ? '--include=dev' : '--omit=dev', '--include=optional'];
  const quiet = ['--no-fund', '--no-audit', '--loglevel=error'];
  await npm([...command, ...quiet, '--prefer-offline']).catch(() => npm([...command, ...quiet]));
}

function read(path) {
  try {
    return JSON.parse(readFileSync(join(root, path), 'utf8'));
  } catch {
    return undefined;
  }
}

/** The npm that started us where there is one (with its own Node: ours lies in the folder that npm is about to replace). */
function npm(args) {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  if (script?.endsWith('.js') && existsSync(script)) return runQuietly(node ?? process.execPath, [script, ...args]);
  return runQuietly(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, { shell: process.platform === 'win32' });
}
