import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { addressOf } from '../client/api.js';
import { ApiClient, DemoFailure } from './api-client.js';
import { Screen } from './screen.js';
import { runDemo } from './run-demo.js';

/** Bytes: enough for a transfer that can be watched. */
const DEFAULT_SIZE = 20 * 1024 * 1024;

/**
 * The file to take through the main job: the one named, or 20 MiB that nobody has seen before, in a folder of their own
 * that `cleanUp` removes. Random, so that no earlier upload has stored the same DAG. @throws DemoFailure when there is
 * no such file.
 */
function chooseFile(argument: string | undefined): { file: string; cleanUp: () => void } {
  if (argument !== undefined) {
    const file = path.resolve(argument);
    if (!existsSync(file) || !statSync(file).isFile()) throw new DemoFailure(`${file} is not a file`);
    return { file, cleanUp: () => undefined };
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'tidewater-demo-'));
  const file = path.join(folder, 'demo-20MiB.bin');
  writeFileSync(file, randomBytes(DEFAULT_SIZE));
  return { file, cleanUp: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The platform that runs with this TIDEWATER_DATA, at the address that it wrote down there (PORT goes before it); its
 * admin's key is in the data folder. @throws DemoFailure when there is no key.
 */
function connect(): ApiClient {
  const folder = process.env['TIDEWATER_DATA'] || './data';
  const keyFile = path.join(folder, 'admin.key');
  if (!existsSync(keyFile))
    throw new DemoFailure(
      `no key at ${path.resolve(keyFile)}: is the platform running (npm start), with the same TIDEWATER_DATA?`,
    );
  return new ApiClient(addressOf(folder, process.env['PORT']), readFileSync(keyFile, 'utf8').trim());
}

/** The exit code: 0 when everything was as promised, 1 with a sentence on stderr otherwise. */
async function main(): Promise<number> {
  const screen = new Screen();
  let cleanUp = () => undefined as void;
  try {
    const api = connect();
    const chosen = chooseFile(process.argv[2]);
    cleanUp = chosen.cleanUp;
    await runDemo(api, screen, chosen.file);
    return 0;
  } catch (error) {
    const refused = error instanceof TypeError && error.message === 'fetch failed';
    const message = error instanceof Error ? error.message : String(error);
    const why = refused ? 'nobody answers there; start the platform with npm start' : message;
    process.stderr.write(`\nThe demo did not reach its end: ${why}\n`);
    return 1;
  } finally {
    cleanUp();
  }
}

process.exitCode = await main();
