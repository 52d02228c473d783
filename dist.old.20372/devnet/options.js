import { parseArgs } from 'node:util';
/** A piece goes to six miners, and several of the first dozen fail on purpose. */ export const MIN_MINERS = 10;
/** @throws Error with a sentence for the person who typed it. */ export function parseOptions(argv) {
    const { values } = parseArgs({
        args: argv,
        options: {
            port: {
                type: 'string',
                default: '0'
            },
            data: {
                type: 'string'
            },
            seed: {
                type: 'string',
                default: '1'
            },
            'epoch-ms': {
                type: 'string',
                default: '1000'
            },
            miners: {
                type: 'string',
                default: '12'
            },
            'miner-ports': {
                type: 'string',
                default: ''
            },
            'seal-epochs': {
                type: 'string',
                default: '3'
            },
            token: {
                type: 'string'
            }
        }
    });
    if (!values.data) throw new Error('devnet: --data DIR is required');
    return {
        port: whole('port', values.port, 0, 65_535),
        dataDir: values.data,
        seed: values.seed,
        epochMs: whole('epoch-ms', values['epoch-ms'], 20, 3_600_000),
        miners: whole('miners', values.miners, MIN_MINERS, 200),
        minerPorts: values['miner-ports'].split(',').filter((text)=>text !== '').map((text)=>whole('miner-ports', text, 1, 65_535)),
        sealEpochs: whole('seal-epochs', values['seal-epochs'], 1, 1_000_000),
        token: values.token || undefined
    };
}
function whole(name, text, min, max) {
    const value = Number(text);
    if (!Number.isInteger(value) || value < min || value > max) {
        throw new Error(`devnet: --${name} must be a whole number from ${min} to ${max}, not '${text}'`);
    }
    return value;
}

//# sourceMappingURL=options.js.map
