import { Api, ClientFailure, platformOf } from './api.js';
import { CLIENT_USAGE, clientCommands, type Output } from './commands.js';

// npm run cli -- upload|ls|status|get|pin: the platform as any user sees it, over HTTP.

/** Progress is for people who watch: on a terminal alone, and on stderr, so that the answer can be piped on. */
const output: Output = {
  line: (text) => {
    clear();
    console.log(text);
  },
  progress: (text) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${text}\u001b[K`);
  },
};

function clear(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
}

const [name = '', ...args] = process.argv.slice(2);
try {
  const run = clientCommands[name];
  if (!run) throw new ClientFailure(`no command ${name}\n${CLIENT_USAGE}`);
  await run(new Api(platformOf(process.env)), args, output);
} catch (error) {
  clear();
  console.error(error instanceof ClientFailure ? error.message : error);
  process.exitCode = 1;
}
