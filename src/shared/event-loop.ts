/**
 * Work on strangers' bytes shares one thread with everything else. Whoever does much of it asks `pauseIfDue` between
 * small steps: all such work of a process together gets a slice of each turn of the event loop, first come first
 * served, and timers and sockets have theirs in between, however many requests there are.
 */

/** Milliseconds of each turn. A step between two questions should take much less. */
const SLICE_MS = 5;
/**
 * The same in a turn after a connection was accepted: libuv accepts one in each turn, and whoever stands behind a hundred
 * others waits for a hundred turns.
 */
const SHORT_SLICE_MS = 0.5;
/** When this turn's slice began; null: nobody has asked since the loop came round. */
let sliceStart: number | null = null;
/** Of this turn. */
let sliceMs = SLICE_MS;
/** A connection has come since the last slice began. */
let hasComer = false;
const waiting: (() => void)[] = [];
/** What has been taken out of `waiting` at its front: a queue without shifting. */
let taken = 0;

/**
 * Undefined: go on at once. Otherwise the slice is used up, or others wait: go on when the promise resolves. Never
 * rejects; look at signals afterwards.
 */
export function pauseIfDue(): Promise<void> | undefined {
  if (sliceStart === null) {
    beginSlice();
    setImmediate(nextTurn);
  }
  if (taken === waiting.length && isSliceLeft()) return undefined;
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

/**
 * Runs work that yields between its steps to its end, and pauses there when it is due.
 * @throws what the work throws; the signal's reason after a pause in which it aborted
 */
export async function inSlices<T>(work: Generator<void, T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    const pause = pauseIfDue();
    if (!pause) continue;
    await pause;
    signal?.throwIfAborted();
  }
}

/** Runs work that yields between its steps to its end, at once. @throws what the work throws */
export function atOnce<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** A connection has been accepted, and others may wait behind it: the next slice is a short one. */
export function noteConnection(): void {
  hasComer = true;
}

function beginSlice(): void {
  sliceStart = performance.now();
  sliceMs = hasComer ? SHORT_SLICE_MS : SLICE_MS;
  hasComer = false;
}

function isSliceLeft(): boolean {
  return sliceStart !== null && performance.now() - sliceStart < sliceMs;
}

function nextTurn(): void {
  if (taken === waiting.length) {
    sliceStart = null;
    return;
  }
  beginSlice();
  setImmediate(nextTurn);
  wakeNext();
}

/** One at a time: the next is woken once what the one before did is done, and only while the slice lasts. */
function wakeNext(): void {
  const resume = waiting[taken];
  if (!resume) return;
  taken += 1;
  if (taken === waiting.length || taken > 1024) {
    waiting.splice(0, taken);
    taken = 0;
  }
  resume();
  // A tick that a microtask asks for runs when no microtask is left: the woken one waits for something by then.
  queueMicrotask(() =>
    process.nextTick(() => {
      if (isSliceLeft()) wakeNext();
    }),
  );
}
