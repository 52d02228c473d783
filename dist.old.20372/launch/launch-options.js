import { parseArgs } from 'node:util';
import { LaunchRefused } from './launch.errors.js';
/** As the devnet's own default. */ const DEVNET_MINERS = 12;
const devnetOptions = [
    'seed',
    'epoch-ms',
    'miners',
    'seal-epochs'
];
export const usage = `npm start [-- options]

  --no-devnet   do not start the simulated Filecoin network (LOTUS_API_URL names a real node)
  --help        this text
  --devnet-seed, --devnet-epoch-ms, --devnet-miners, --devnet-seal-epochs   how the simulation runs

Settings are environment variables, see .env.example. The most used:
  PORT            port of API and gateway, default 3004
  TIDEWATER_DATA  data folder, default ./data
  DATABASE_URL    a PostgreSQL of your own instead of the embedded one
  QUEUE_URL       redis://... for the queue instead of PostgreSQL
  LOTUS_API_URL   a Lotus node instead of the devnet`;
/**
 * Reads the command line, without the names of node and script. @throws LaunchRefused with the usage text, for an
 * unknown option or one without its value.
 */ export function parseOptions(argv) {
    try {
        const { values } = parseArgs({
            args: argv,
            options: {
                help: {
                    type: 'boolean',
                    default: false
                },
                'no-devnet': {
                    type: 'boolean',
                    default: false
                },
                'devnet-seed': {
                    type: 'string'
                },
                'devnet-epoch-ms': {
                    type: 'string'
                },
                'devnet-miners': {
                    type: 'string'
                },
                'devnet-seal-epochs': {
                    type: 'string'
                }
            }
        });
        const devnetArgs = devnetOptions.flatMap((name)=>{
            const value = values[`devnet-${name}`];
            return value === undefined ? [] : [
                `--${name}`,
                value
            ];
        });
        // The devnet says what is wrong with a number that is none.
        const devnetMiners = Math.min(Number(values['devnet-miners'] ?? DEVNET_MINERS) || 0, 200);
        return {
            help: values.help,
            devnet: !values['no-devnet'],
            devnetMiners,
            devnetArgs
        };
    } catch (error) {
        throw new LaunchRefused(`${error.message}\n\n${usage}`, {
            cause: error
        });
    }
}

//# sourceMappingURL=launch-options.js.map
