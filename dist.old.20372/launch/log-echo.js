import { SystemClock } from '../shared/index.js';
/** pino's numbers for the levels that the console gets. */ const levelNames = {
    40: 'warn',
    50: 'error',
    60: 'fatal'
};
/** Found in every line of level 40 and up; a line of a lower level that holds these words is sorted out by parsing. */ const mayMatter = /"level":(?:[456]0)/;
/** At most `linesPerWindow` lines in this time; how many were left out is said with the first line after it. */ const windowMs = 10_000;
const linesPerWindow = 15;
/**
 * Repeats on the console what a process logs as warning or worse, in words; a flood is cut short.
 * Log lines are JSON as pino writes them; anything else on stderr (a crash) is repeated as it is.
 */ export class LogEcho {
    constructor(name, say, clock = new SystemClock()){
        this.rest = '';
        this.windowBegan = 0;
        this.shown = 0;
        this.hidden = 0;
        this.name = name;
        this.say = say;
        this.clock = clock;
    }
    /** Of stdout: only whole JSON lines of level 40 and up. */ readLog(chunk) {
        const text = this.rest + chunk.toString('utf8');
        const end = text.lastIndexOf('\n');
        this.rest = text.slice(end + 1).slice(-65_536);
        // Most chunks hold nothing that matters: look before parsing.
        const whole = text.slice(0, end + 1);
        if (!mayMatter.test(whole)) return;
        for (const line of whole.split('\n'))if (mayMatter.test(line)) this.show(inWords(line));
    }
    /** Of stderr: everything. */ repeat(chunk) {
        for (const line of chunk.toString('utf8').split('\n'))if (line.trim() !== '') this.show(line);
    }
    /** Null: nothing to show. */ show(line) {
        if (line === null) return;
        const now = this.clock.now().getTime();
        if (now - this.windowBegan > windowMs) {
            if (this.hidden > 0) this.say(`[${this.name}] ... and ${this.hidden} more lines in its log`);
            [this.windowBegan, this.shown, this.hidden] = [
                now,
                0,
                0
            ];
        }
        if (this.shown < linesPerWindow) {
            this.shown++;
            this.say(`[${this.name}] ${line}`);
        } else {
            this.hidden++;
        }
    }
}
/** Level, message and the error's message, each once; null for a line that is no JSON or of a lower level. */ function inWords(line) {
    try {
        const entry = JSON.parse(line);
        const level = typeof entry.level === 'number' ? levelNames[entry.level] : undefined;
        if (level === undefined) return null;
        const cause = entry.err ?? entry.error;
        const reason = typeof cause === 'object' && cause !== null ? cause.message : cause;
        const words = [
            entry.msg,
            reason
        ].filter((word)=>typeof word === 'string' && word !== '');
        return `${level}: ${[
            ...new Set(words)
        ].join(': ') || line.slice(0, 300)}`;
    } catch  {
        return null;
    }
}

//# sourceMappingURL=log-echo.js.map
