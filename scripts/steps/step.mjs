// Long steps say what they do, how far they are, and how long it took.
const tickMs = process.stdout.isTTY ? 500 : 5_000;

/** Runs `work`, showing `title` and (while it runs) what `progress()` says. */
export async function step(title, work, progress = () => '') {
  const begun = Date.now();
  const line = () => `${title} ... ${[progress(), seconds(begun)].filter(Boolean).join(', ')}`;
  process.stdout.write(process.stdout.isTTY ? line() : `${title} ...\n`);
  const ticker = setInterval(() => {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[K${line()}`);
    else console.log(line());
  }, tickMs);
  let outcome = 'failed after';
  try {
    const result = await work();
    outcome = 'done in';
    return result;
  } finally {
    clearInterval(ticker);
    const last = `${title}: ${outcome} ${seconds(begun)}`;
    console.log(process.stdout.isTTY ? `\r\x1b[K${last}` : last);
  }
}

function seconds(begun) {
  return `${Math.round((Date.now() - begun) / 100) / 10} s`;
}
