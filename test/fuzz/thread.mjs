import { Worker } from 'node:worker_threads';
import { MOST_BYTES } from './mutate.mjs';

/** No input may keep the thread from the next one for as long as this. */
const HANG_MS = 15_000;
const LOOK_MS = 500;

/**
 * Runs a target in a thread: until `inputs` or `ms` are over. A thread that hangs, dies or runs out of memory is a failure
 * with the input that did it. Resolves with { inputs, ms, failures: [{ failure, input }] }.
 */
export function runTarget({ name, seed, inputs, ms, replay, hangMs = HANG_MS }) {
  return new Promise((resolve) => {
    const shared = new SharedArrayBuffer(16 + MOST_BYTES);
    const counter = new BigInt64Array(shared, 0, 1);
    const [length, running] = [new Int32Array(shared, 8, 1), new Int32Array(shared, 12, 1)];
    const began = performance.now();
    const failures = [];
    let replayed = null;
    let done = null;
    const worker = new Worker(new URL('./worker.mjs', import.meta.url), {
      workerData: { name, seed, inputs, ms, shared, replay },
      resourceLimits: { maxOldGenerationSizeMb: 512, stackSizeMb: 1 },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    const current = () => Uint8Array.from(new Uint8Array(shared, 16, length[0]));
    let hung = false;
    let seen = 0n;
    let since = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(counter, 0);
      // To make an input takes its time, too: only while one runs, the clock does.
      if (now !== seen || Atomics.load(running, 0) === 0) [seen, since] = [now, performance.now()];
      else if (now > 0n && !hung && performance.now() - since > hangMs) {
        hung = true;
        failures.push({ failure: `Hang: no end within ${hangMs / 1000} s`, input: current() });
        void worker.terminate();
      }
    }, LOOK_MS);
    worker.on('message', (message) => {
      if (message.type === 'failure') failures.push({ failure: message.failure, input: message.input });
      else if (message.type === 'replayed') replayed = message.failure;
      else {
        done = message;
        void worker.terminate();
      }
    });
    worker.on('error', (error) =>
      failures.push({ failure: `Thread ended: ${error.code ?? ''} ${error.message}`, input: current() }),
    );
    worker.on('exit', () => {
      clearInterval(watch);
      // Nothing is left that could still happen, and the input has not come to an end.
      if (done === null && replay === undefined && failures.length === 0)
        failures.push({ failure: 'Hang: waits for what never comes', input: current() });
      resolve({
        inputs: done?.inputs ?? Number(Atomics.load(counter, 0)),
        ms: done?.ms ?? performance.now() - began,
        failures,
        replayed,
      });
    });
  });
}
