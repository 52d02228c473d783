import { spawn } from 'node:child_process';
import { root } from './root.mjs';

/** Runs a program to its end in the clone's folder, with our terminal; resolves to its exit code. */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    // Ctrl-C reaches the child too (same process group); we wait for it and report its code. SIGTERM we hand on.
    const ignore = () => undefined;
    const handOn = (signal) => child.kill(signal);
    process.on('SIGINT', ignore);
    process.on('SIGTERM', handOn);
    const done = (settle) => {
      process.off('SIGINT', ignore);
      process.off('SIGTERM', handOn);
      settle();
    };
    child.once('error', (error) => done(() => reject(error)));
    child.once('close', (code, signal) => done(() => resolve(code ?? (signal === 'SIGINT' ? 130 : 143))));
  });
}

/** Like `run`, silent, and throws with the program's own words when it fails. */
export function runQuietly(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    const said = [];
    // Ctrl-C reaches the child by itself; SIGTERM would not, and must not leave it running alone.
    const end = () => {
      child.kill('SIGTERM');
      process.exit(143);
    };
    process.on('SIGTERM', end);
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.once('error', reject);
    child.once('close', (code) => {
      process.off('SIGTERM', end);
      const words = Buffer.concat(said).toString().trim();
      if (code === 0) resolve(words);
      else reject(new Error(`${command} ${args.join(' ')} failed (exit code ${code}):\n${words}`));
    });
  });
}
