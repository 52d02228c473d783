// `npm start` on a fresh data folder and a free port, for suites that look at the platform from outside.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../../scripts/steps/root.mjs';

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves once it is ready: { url, key, pid, dataFolder, said(), stop() }. Stopping removes the folder. */
export async function npmStart(settings = {}) {
  const dataFolder = await mkdtemp(join(tmpdir(), 'tidewater-suite-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const said = [];
  const child = spawn('npm', ['start', '--silent'], {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...settings, PORT: String(port), TIDEWATER_DATA: dataFolder },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => said.push(chunk));
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGINT');
    await gone;
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  // Whoever ends the suite ends the platform with it.
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void stop().finally(() => process.exit(1)));
  try {
    await ready(url, child, said);
    return {
      url,
      pid: child.pid,
      dataFolder,
      stop,
      said: () => Buffer.concat(said).toString('utf8'),
      key: (await readFile(join(dataFolder, 'admin.key'), 'utf8')).trim(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ready(url, child, said) {
  for (const end = Date.now() + 600_000; Date.now() < end; await sleep(200)) {
    if (child.exitCode !== null) throw new Error(`npm start ended with ${child.exitCode}:\n${Buffer.concat(said)}`);
    const status = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
  }
  throw new Error(`not ready after ten minutes:\n${Buffer.concat(said)}`);
}
