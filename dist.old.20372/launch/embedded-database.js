import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APPLICATION_ROLE } from './application-role.js';
import { persistentSecret } from './data-folder.js';
import { ensureDatabase } from './migrations.js';
import { PostgresCluster } from './postgres/cluster.js';
/** Between two tries to start PostgreSQL again; the first comes after 500 ms, then each pause doubles. */ const longestPauseMs = 10_000;
/** The PostgreSQL in the data folder: started, kept running, stopped. */ export class EmbeddedDatabase {
    constructor(folder, ports, log, say){
        this.cluster = null;
        this.stopping = false;
        this.folder = folder;
        this.ports = ports;
        this.log = log;
        this.say = say;
    }
    /**
   * Starts PostgreSQL on the port that it had last time, if that is free, and makes the database when it is missing.
   * Resolves to its URLs. From then on PostgreSQL is started again whenever it ends
   * unasked.
   *
   * @throws NoEmbeddedPostgres, PostgresFailed, CannotLeaveRoot
   */ async start() {
        const [port = 0] = await this.ports.choose([
            'postgres'
        ]);
        const cluster = new PostgresCluster({
            folder: join(this.folder, 'postgres'),
            port,
            password: persistentSecret(join(this.folder, 'postgres.password')),
            onLine: (line)=>this.log.write(`${line}\n`)
        });
        this.cluster = cluster;
        await cluster.start();
        this.watch(cluster);
        await ensureDatabase(cluster.url());
        const role = {
            name: APPLICATION_ROLE,
            password: persistentSecret(join(this.folder, 'postgres-app.password'))
        };
        return {
            ownerUrl: cluster.url(),
            url: cluster.url('tidewater', role),
            role
        };
    }
    /**
   * Stops PostgreSQL, at once and without mercy after `deadlineMs`, and starts it no more. Harmless when it does not
   * run.
   */ async stop(deadlineMs) {
        this.stopping = true;
        await this.cluster?.stop(deadlineMs);
    }
    /** The others reconnect by themselves, so it comes back on the same port. */ watch(cluster) {
        cluster.onUnexpectedEnd((code, signal)=>{
            if (this.stopping) return;
            this.say(`PostgreSQL ended unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`}); starting it again`);
            void this.revive(cluster);
        });
    }
    /** Tries until it runs or stop() was called; never gives up by itself. */ async revive(cluster) {
        for(let pauseMs = 500; !this.stopping; pauseMs = Math.min(pauseMs * 2, longestPauseMs)){
            await sleep(pauseMs);
            try {
                if (this.stopping) return;
                await cluster.start();
                this.watch(cluster);
                this.say('PostgreSQL is back');
                return;
            } catch (error) {
                this.say(`PostgreSQL does not start: ${error.message}`);
            }
        }
    }
}

//# sourceMappingURL=embedded-database.js.map
