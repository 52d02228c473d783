import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';
import { runQuietly } from './run.mjs';
import { step } from './step.mjs';

const wanted = () => read('package-lock.json');

/** Installs exactly what package-lock.json says, when node_modules is not that already. */
export async function installPackages() {
  if (isInstalled()) return;
  const places = Object.keys(wanted()?.packages ?? {}).filter((place) => place !== '');
  const arrived = () =>
    `${places.filter((place) => existsSync(join(root, place, 'package.json'))).length} of at most ${places.length} packages`;
  await step(
    'Installing packages',
    () => npm(['ci', '--include=dev', '--include=optional', '--no-fund', '--no-audit', '--loglevel=error']),
    arrived,
  );
}

/** npm writes down what it installed when it has finished; that list is compared with the one we want. */
function isInstalled() {
  const want = wanted()?.packages;
  const have = read('node_modules/.package-lock.json')?.packages;
  if (want === undefined || have === undefined) return false;
  return Object.entries(want).every(([place, { version, integrity, optional, devOptional, link }]) => {
    if (place === '' || link) return true;
    const found = have[place];
    // Packages for other machines' platforms are optional and rightly absent.
    if (found === undefined) return optional === true || devOptional === true;
    return (
      found.version === version &&
      (integrity === undefined || found.integrity === undefined || found.integrity === integrity)
    );
  });
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
