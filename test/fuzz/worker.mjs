// The thread that runs the inputs. It writes down each input before it is run, in memory that its parent sees: so an input
// that never ends, or takes all memory, is known afterwards.
import { parentPort, workerData } from 'node:worker_threads';
import { minimise } from './minimise.mjs';
import { MOST_BYTES, mutate } from './mutate.mjs';
import { Random } from './random.mjs';
import { targetOf } from './targets/index.mjs';

const { name, seed, inputs, ms, shared, replay } = workerData;
const [counter, length, running, current] = [
  new BigInt64Array(shared, 0, 1),
  new Int32Array(shared, 8, 1),
  new Int32Array(shared, 12, 1),
  new Uint8Array(shared, 16, MOST_BYTES),
];
/** Longer than this on the processor, and it counts as a failure: no honest input of this size takes as long. */
const SLOW_MS = 1_000;
/** So many different failures of one target are looked at. */
const MOST_FAILURES = 5;

const target = await targetOf(name);
let stray = null;
process.on('unhandledRejection', (error) => (stray = error));
process.on('uncaughtException', (error) => (stray = error));

const cpuMs = () => {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1000;
};

/** What went wrong with this input; null when it was taken, or refused by name. */
async function failureOf(input) {
  current.set(input);
  Atomics.store(length, 0, input.length);
  Atomics.add(counter, 0, 1n);
  Atomics.store(running, 0, 1);
  stray = null;
  const began = performance.now();
  const used = cpuMs();
  try {
    await target.run(input);
  } catch (error) {
    if (!target.isNamed(error)) return describe(error);
  } finally {
    Atomics.store(running, 0, 0);
  }
  if (stray !== null) return describe(stray);
  if (performance.now() - began > SLOW_MS && cpuMs() - used > SLOW_MS) return 'Slow: more than a second of computing';
  return null;
}

/** Without what differs from input to input, so that one fault is one failure. */
function describe(error) {
  const where = /\n\s+at (.*)/.exec(error?.stack ?? '')?.[1]?.replace(/\(?file:.*\/(dist|node_modules)/, '$1') ?? '';
  return `${error?.name ?? typeof error}: ${String(error?.message ?? error)
    .replace(/[\d'"].*/s, '')
    .slice(0, 120)} | ${where}`;
}

function* made(corpus, random) {
  yield* corpus;
  const fresh = target.sample ? target.sample(random) : null;
  for (;;) {
    const base = fresh !== null && random.once(2) ? fresh.next().value : random.of(corpus);
    yield fresh !== null && random.once(3) ? base : mutate(base, corpus, random);
  }
}

async function main() {
  await target.open?.();
  if (replay) {
    parentPort.postMessage({ type: 'replayed', failure: await failureOf(replay) });
    return;
  }
  const random = new Random(`${seed}/${name}`);
  const corpus = await target.corpus();
  const seen = new Set();
  const began = performance.now();
  let count = 0;
  for (const input of made(corpus, random)) {
    if (count >= inputs || (count % 64 === 0 && performance.now() - began >= ms)) break;
    count += 1;
    if (count % 1024 === 0) await new Promise(setImmediate);
    const failure = await failureOf(input);
    if (failure === null || seen.has(failure)) continue;
    seen.add(failure);
    const bytes = Uint8Array.from(input);
    parentPort.postMessage({
      type: 'failure',
      failure,
      input: await minimise(bytes, async (one) => (await failureOf(one)) === failure),
    });
    if (seen.size >= MOST_FAILURES) break;
  }
  await target.close?.();
  parentPort.postMessage({ type: 'done', inputs: count, ms: performance.now() - began });
}

await main();
