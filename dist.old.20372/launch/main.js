import { AppConfig, ConfigError, withRenamedSettings } from '../config/index.js';
import { LaunchRefused } from './launch.errors.js';
import { parseOptions, usage } from './launch-options.js';
import { Launcher } from './launcher.js';
// What npm start runs: everything that the platform needs on one machine, started in order and stopped in order.
const say = (line)=>console.log(line);
// A console that went away must not take the platform down in disorder.
for (const stream of [
    process.stdout,
    process.stderr
])stream.on('error', ()=>undefined);
let launcher;
let ending;
/** Once, whoever asks first: Ctrl-C is often heard several times (terminal, npm, start.mjs). */ function end(code, words) {
    if (ending !== undefined) return;
    if (words !== '') say(words);
    ending = (launcher?.stop() ?? Promise.resolve()).then(()=>process.exit(code)).catch((error)=>{
        console.error(error);
        process.exit(1);
    });
}
for (const signal of [
    'SIGINT',
    'SIGTERM',
    'SIGHUP'
])process.on(signal, ()=>end(0, '\nStopping ...'));
process.on('disconnect', ()=>end(0, 'npm start is gone; stopping ...'));
process.on('uncaughtException', (error)=>{
    console.error(error);
    end(1, '');
});
try {
    const options = parseOptions(process.argv.slice(2));
    if (options.help) {
        say(usage);
        process.exit(0);
    }
    const given = Object.fromEntries(Object.entries(process.env).filter(([name])=>!/^npm_/i.test(name)));
    // The processes get the names of today, so it is said once.
    const { env: inherited, warnings } = withRenamedSettings(given);
    for (const warning of warnings)say(warning);
    launcher = new Launcher(AppConfig.parse(inherited), options, inherited, say);
    await launcher.start();
} catch (error) {
    if (ending === undefined) {
        console.error(error instanceof LaunchRefused || error instanceof ConfigError ? `\n${error.message}` : error);
        end(1, '');
    }
}
await ending;

//# sourceMappingURL=main.js.map
