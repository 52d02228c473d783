import { parseArgs } from 'node:util';
import { LaunchRefused } from './launch.errors.js';

export interface LaunchOptions {
  help: boolean;
  /** Start the simulated Filecoin network when no Lotus node is configured. */
  devnet: boolean;
}

export const usage = `npm start [-- options]

  --no-devnet   do not start the simulated Filecoin network (LOTUS_API_URL names a real node)
  --help        this text

Settings are environment variables, see .env.example. The most used:
  PORT            port of API and gateway, default 3004
  TIDEWATER_DATA  data folder, default ./data
  DATABASE_URL    a PostgreSQL of your own instead of the embedded one
  QUEUE_URL       redis://... for the queue instead of PostgreSQL
  LOTUS_API_URL   a Lotus node instead of the devnet`;

export function parseOptions(argv: string[]): LaunchOptions {
  try {
    const { values } = parseArgs({
      args: argv,
      options: { help: { type: 'boolean', default: false }, 'no-devnet': { type: 'boolean', default: false } },
    });
    return { help: values.help, devnet: !values['no-devnet'] };
  } catch (error) {
    throw new LaunchRefused(`${(error as Error).message}\n\n${usage}`, { cause: error });
  }
}
