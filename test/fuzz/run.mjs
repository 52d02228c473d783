// node test/fuzz/run.mjs --minutes N --seed S: feeds what reads strangers' bytes with bytes that nobody meant, and says what
// did not end in a named refusal. Runs on dist/, as built.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { targetNames, targetOf } from './targets/index.mjs';
import { runTarget } from './thread.mjs';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    /** Instead of minutes: so many inputs of each unit of weight; the same seed then means the same inputs. */
    inputs: { type: 'string' },
    seed: { type: 'string' },
    /** Names, between commas; all unless told. `platform` is the running platform over HTTP. */
    target: { type: 'string' },
    /** A file that a run has saved, `<target>-<...>.bin`. */
    replay: { type: 'string' },
    /** An input that takes longer does not end. */
    'hang-seconds': { type: 'string', default: '15' },
    out: { type: 'string', default: 'data/fuzz' },
  },
});
const seed = values.seed ?? String(Date.now() % 1_000_000);
const chosen = values.target?.split(',') ?? [...targetNames, 'platform'];
for (const name of chosen)
  if (name !== 'platform' && !targetNames.includes(name) && !name.startsWith('file:'))
    throw new Error(`no such target: ${name}`);
/** Of the whole time, this much is for the running platform. */
const PLATFORM_SHARE = 0.2;
const REGRESSIONS = join(import.meta.dirname, 'regressions');

await (values.replay ? replay(values.replay) : fuzz());

async function replay(path) {
  const name = chosen.length === 1 ? chosen[0] : (/([a-z-]+?)-\d+\.bin$/.exec(path)?.[1] ?? '');
  const { failures, replayed } = await runTarget({ name, seed, replay: new Uint8Array(await readFile(path)) });
  const failure = failures[0]?.failure ?? replayed;
  console.log(failure ?? 'taken, or refused by name');
  process.exitCode = failure ? 1 : 0;
}

async function fuzz() {
  const began = performance.now();
  const totalMs = values.inputs ? Infinity : Number(values.minutes ?? 1) * 60_000;
  const inProcess = chosen.filter((name) => name !== 'platform');
  const withPlatform = chosen.includes('platform');
  const weights = new Map();
  for (const name of inProcess) weights.set(name, (await targetOf(name)).weight);
  const weight = [...weights.values()].reduce((sum, one) => sum + one, 0);
  const ms = totalMs * (withPlatform && inProcess.length > 0 ? 1 - PLATFORM_SHARE : 1);
  console.log(`seed ${seed}\n`);
  const results = {};
  for (const name of inProcess) {
    const share = weights.get(name);
    const inputs = values.inputs ? Number(values.inputs) * share : Infinity;
    const result = await runTarget({
      name,
      seed,
      inputs,
      hangMs: Number(values['hang-seconds']) * 1000,
      ms: values.inputs ? Infinity : (ms * share) / weight,
    });
    await replayRegressions(name, result);
    results[name] = await report(name, result);
  }
  if (withPlatform) {
    const limits = {
      ms: inProcess.length > 0 ? totalMs * PLATFORM_SHARE : totalMs,
      inputs: Number(values.inputs ?? Infinity),
    };
    const { fuzzPlatform } = await import('./platform.mjs');
    results.platform = await report('platform', await fuzzPlatform({ seed, ...limits }));
  }
  await sumUp(results, performance.now() - began);
}

/** Inputs that broke something once. */
async function replayRegressions(name, result) {
  const folder = join(REGRESSIONS, name);
  for (const file of await readdir(folder).catch(() => [])) {
    const input = new Uint8Array(await readFile(join(folder, file)));
    const { failures, replayed } = await runTarget({ name, seed, replay: input });
    result.inputs += 1;
    const failure = failures[0]?.failure ?? replayed;
    if (failure) result.failures.push({ failure: `again (${file}): ${failure}`, input });
  }
}

async function report(name, { inputs, ms, failures, statuses }) {
  const perSecond = Math.round((inputs / Math.max(ms, 1)) * 1000);
  console.log(
    `${name.padEnd(18)} ${String(inputs).padStart(9)} inputs ${String(perSecond).padStart(8)}/s  ${failures.length} failures`,
  );
  const saved = [];
  for (const [index, { failure, input }] of failures.entries()) {
    const path = join(values.out, `${name.split('/').at(-1)}-${index + 1}.bin`);
    await mkdir(values.out, { recursive: true });
    await writeFile(path, input);
    console.log(
      `  FAIL  ${name}: ${failure}\n        ${input.length} bytes in ${path}: node test/fuzz/run.mjs --replay ${path}`,
    );
    saved.push({ failure, bytes: input.length, path });
  }
  return { inputs, ms: Math.round(ms), perSecond, failures: saved, ...(statuses ? { statuses } : {}) };
}

async function sumUp(results, ms) {
  const all = Object.values(results);
  const inputs = all.reduce((sum, result) => sum + result.inputs, 0);
  const failed = all.reduce((sum, result) => sum + result.failures.length, 0);
  await mkdir(values.out, { recursive: true });
  const path = join(values.out, 'result.json');
  const perSecond = Math.round((inputs / ms) * 1000);
  await writeFile(
    path,
    `${JSON.stringify({ seed, inputs, seconds: Math.round(ms / 1000), perSecond, targets: results }, null, 2)}\n`,
  );
  console.log(`\n${inputs} inputs in ${Math.round(ms / 1000)} s, ${perSecond}/s; ${path}`);
  const broken = all.filter((result) => result.failures.length > 0).length;
  console.log(`${all.length - broken} passed, ${broken} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
