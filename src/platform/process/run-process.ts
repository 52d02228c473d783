import { inspect } from 'node:util';
import type { INestApplicationContext } from '@nestjs/common';
import { AppConfig, ConfigError } from '../../config/index.js';
import { AppLogger } from '../logging/index.js';

/** Whoever stops us (the launcher, Docker) waits 10 s at most. */
const CLOSE_DEADLINE_MS = 8_000;

/**
 * The life of a server process: start, run until it is told to end, close in order, within a deadline. It ends on
 * SIGTERM and SIGINT (a second one changes nothing), and when the launcher that holds our channel vanishes. Exit code 0
 * when it was told to end; 1 when it could not start, or after an error that nobody caught, which is logged first.
 */
export async function runProcess(name: string, start: () => Promise<INestApplicationContext>): Promise<void> {
  let app: INestApplicationContext | undefined;
  let ending = false;

  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    setTimeout(() => process.exit(code === 0 ? 0 : 1), CLOSE_DEADLINE_MS);
    try {
      await app?.close();
    } catch (error) {
      complain(app, error, `${name} did not close cleanly`);
    }
    process.exit(code);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0));
  process.on('disconnect', () => void end(0));
  for (const fault of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(fault, (error) => {
      complain(app, error, `${name}: ${fault}`);
      void end(1);
    });
  }

  try {
    app = await start();
    for (const warning of app.get(AppConfig).warnings) app.get(AppLogger).warn({}, warning);
  } catch (error) {
    complain(undefined, error, `${name} cannot start`);
    process.exit(1);
  }
  // Asked to end while starting: nothing of that start must stay open.
  if (ending) await app.close().finally(() => process.exit(0));
}

/** To the log, or to stderr as long as there is none; faults in settings without a stack. */
function complain(app: INestApplicationContext | undefined, error: unknown, message: string): void {
  if (app) app.get(AppLogger).fatal({ err: error }, message);
  else process.stderr.write(`${message}: ${error instanceof ConfigError ? error.message : inspect(error)}\n`);
}
