// Asks for /health again and again, in a process of its own, and tells how long the answers took. `node watch-health.mjs
// <url>`; a line on stdin ends a stretch and is answered by a line of JSON: { asked, failed, worstMs, medianMs }.
import { get } from 'node:http';
import { createInterface } from 'node:readline';

const url = `${process.argv[2]}/health`;
let times = [];
let failed = 0;
let began = 0;

function ask() {
  began = performance.now();
  const asked = get(url, { agent: false }, (response) => {
    response.resume();
    response.on('end', () => again(response.statusCode === 200));
  });
  asked.on('error', () => again(false));
}

function again(isFine) {
  times.push(performance.now() - began);
  if (!isFine) failed += 1;
  setTimeout(ask, 20);
}

createInterface({ input: process.stdin }).on('line', () => {
  // What is not answered yet counts with the time that it has taken so far.
  const all = [...times, performance.now() - began].sort((a, b) => a - b);
  times = [];
  const figures = { asked: all.length, failed, worstMs: all.at(-1), medianMs: all[Math.floor(all.length / 2)] };
  failed = 0;
  process.stdout.write(`${JSON.stringify(figures)}\n`);
});
ask();
