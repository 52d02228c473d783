// Loaded into the processes of the platform by NODE_OPTIONS=--import (never by the platform itself): their wall clock
// goes wrong by as much as the file CHAOS_CLOCK_FILE says, {"api": ms, "worker": ms}. What measures durations
// (performance.now, timers) goes on as it does on a machine whose clock is set.
import { readFileSync } from 'node:fs';

const file = process.env.CHAOS_CLOCK_FILE;
const script = process.argv[1] ?? '';
const role = script.endsWith('dist/main.js') ? 'api' : script.endsWith('dist/worker.js') ? 'worker' : null;

if (file && role !== null) {
  const RealDate = globalThis.Date;
  let shift = 0;
  const look = () => {
    try {
      shift = Number(JSON.parse(readFileSync(file, 'utf8'))[role]) || 0;
    } catch {
      // Being written, or not there: as it was.
    }
  };
  look();
  setInterval(look, 100).unref();
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, type) =>
      Reflect.construct(target, given.length === 0 ? [RealDate.now() + shift] : given, type),
    apply: () => new RealDate(RealDate.now() + shift).toString(),
    get: (target, name) => (name === 'now' ? () => RealDate.now() + shift : Reflect.get(target, name)),
  });
}
