import { fork } from 'node:child_process';
import { LogEcho } from './log-echo.js';
/** Before the first new start; doubled with each, up to `longestPauseMs`. */ const firstPauseMs = 500;
const longestPauseMs = 10_000;
/** Having lived this long, a process that ends starts over with the shortest pause. */ const settledMs = 30_000;
/** What our processes end with when another start would meet the same: src/platform/process/run-process.ts. */ export const WILL_NOT_START = 78;
/**
 * On a large machine V8 lets garbage of 128 MB gather before it looks, and glibc keeps an arena per thread: some 80 MB
 * of each process for nothing.
 */ const lean = {
    flags: [
        '--max-semi-space-size=16'
    ],
    env: {
        MALLOC_ARENA_MAX: '2'
    }
};
/**
 * A process that is started again when it ends unasked, after 0.5 s, 1 s, 2 s ... 10 s. It has a channel
 * to us, and ends by itself when that breaks; it has its own process group, so Ctrl-C reaches us alone.
 */ export class SupervisedProcess {
    constructor(plan){
        this.child = null;
        this.pauseMs = firstPauseMs;
        this.stopping = false;
        this.failures = 0;
        this.plan = plan;
    }
    /** How often it has ended unasked; infinite when it said that it will not start. */ get ended() {
        return this.failures;
    }
    /**
   * Starts the process and returns at once; whether it becomes ready is for others to find out. Called once: from then
   * on it starts itself again.
   */ start() {
        const { name, script, args, env, log, say, children } = this.plan;
        const begun = performance.now();
        const echo = new LogEcho(name, say);
        const child = fork(script, args, {
            env: {
                ...lean.env,
                ...env
            },
            detached: true,
            stdio: [
                'ignore',
                'pipe',
                'pipe',
                'ipc'
            ],
            execArgv: [
                '--enable-source-maps',
                ...lean.flags
            ]
        });
        this.child = child;
        if (child.pid !== undefined) children.add(name, child.pid);
        child.stdout?.on('data', (chunk)=>{
            log.write(chunk);
            echo.readLog(chunk);
        });
        child.stderr?.on('data', (chunk)=>{
            log.write(chunk);
            echo.repeat(chunk);
        });
        child.once('error', (error)=>{
            say(`[${name}] cannot be started: ${error.message}`);
            if (child.pid === undefined) this.startAgain('not started', begun);
        });
        child.once('exit', (code, signal)=>this.startAgain(signal ?? `exit code ${code ?? 'unknown'}`, begun));
    }
    /** After the process ended, or could not be started at all. */ startAgain(why, begun) {
        const { name, say, children } = this.plan;
        this.child = null;
        children.remove(name);
        if (this.stopping) return;
        // sysexits.h, EX_CONFIG: it has said why, and would say the same again.
        const willNot = why === `exit code ${WILL_NOT_START}`;
        this.failures = willNot ? Infinity : this.failures + 1;
        if (performance.now() - begun > settledMs) this.pauseMs = firstPauseMs;
        if (willNot) this.pauseMs = longestPauseMs;
        say(`${name} ended unexpectedly (${why}); starting it again in ${this.pauseMs / 1_000} s`);
        this.again = setTimeout(()=>this.start(), this.pauseMs);
        this.pauseMs = Math.min(this.pauseMs * 2, longestPauseMs);
    }
    /**
   * Asks it to end, kills it when it has not within `deadlineMs`; resolves when it has gone. Final: it is not started
   * again.
   */ async stop(deadlineMs) {
        this.stopping = true;
        clearTimeout(this.again);
        const { child } = this;
        if (child === null) return;
        const gone = new Promise((resolve)=>child.once('exit', ()=>resolve()));
        // Windows has no SIGTERM to catch; there the broken channel is the request.
        if (process.platform === 'win32') child.disconnect();
        else child.kill('SIGTERM');
        const impatience = setTimeout(()=>{
            this.plan.say(`${this.plan.name} did not end within ${deadlineMs / 1_000} s; killing it`);
            child.kill('SIGKILL');
        }, deadlineMs);
        await gone;
        clearTimeout(impatience);
    }
}

//# sourceMappingURL=supervised-process.js.map
