// Makes a clone ready to run: packages, database client, build. Each step only when its inputs changed.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, pageSources, sources } from './build.mjs';
import { generatePrismaClient } from './generate.mjs';
import { installPackages } from './install.mjs';
import { buildPages } from './pages.mjs';
import { root } from './root.mjs';
import { step } from './step.mjs';

const client = 'src/platform/prisma/generated';

/** `dev`: with what tests and checks need, too. */
export async function setUp({ dev = false } = {}) {
  await oneAtATime(async () => {
    await installPackages({ dev });
    await unlessDone(`${client}/.made-from`, ['prisma/schema.prisma', 'package-lock.json'], () =>
      step('Generating the database client', generatePrismaClient),
    );
    await unlessDone('dist/.made-from', ['.swcrc', 'package-lock.json', ...sources()], () => step('Building', build));
    await unlessDone('dist/ui/.made-from', ['package-lock.json', ...pageSources()], () =>
      step('Building the pages', buildPages),
    );
  });
}

/** Runs `work` unless the stamp says that it was done with just these inputs. */
async function unlessDone(stamp, inputs, work) {
  const hash = createHash('sha256');
  for (const path of inputs)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  const now = hash.digest('hex');
  if (readIfThere(stamp) === now) return;
  await work();
  writeFileSync(join(root, stamp), now);
}

function readIfThere(path) {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return null;
  }
}

/** Two starts of one clone at the same moment must not install over each other: the second waits for the first. */
async function oneAtATime(work) {
  const lock = join(tmpdir(), `tidewater-set-up-${createHash('sha256').update(root).digest('hex').slice(0, 16)}`);
  let said = false;
  while (!take(lock)) {
    if (!said) console.log('Another set-up of this clone is running; waiting for it ...');
    said = true;
    await sleep(300);
  }
  const beat = setInterval(() => writeFileSync(join(lock, 'beat'), String(process.pid)), 1_000);
  try {
    await work();
  } finally {
    clearInterval(beat);
    release(lock);
  }
}

/** A holder that was killed holds no longer: its process is gone, or it has not beaten for ten seconds. */
function take(lock) {
  try {
    mkdirSync(lock);
    writeFileSync(join(lock, 'beat'), String(process.pid));
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const beat = join(lock, 'beat');
  try {
    const silentMs = Date.now() - Math.max(statSync(lock).mtimeMs, statSync(beat).mtimeMs);
    if (silentMs > 10_000 || !isAlive(Number(readFileSync(beat, 'utf8')))) release(lock);
  } catch {
    // Released in between, or about to beat for the first time: the next round sees.
  }
  return false;
}

function isAlive(pid) {
  try {
    return pid === 0 || process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function release(lock) {
  try {
    rmSync(lock, { recursive: true, force: true });
  } catch {
    // Another waiter was faster.
  }
}
