// A Kubo of our own on loopback that knows nobody: no bootstrap, no routing, no discovery.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export class KuboNode {
  daemon;

  constructor(binary, repo) {
    this.binary = binary;
    this.repo = repo;
  }

  /**
   * `port`: of its RPC, the same after every start; otherwise any. `settings`: of its configuration, as JSON values.
   */
  static async start(binary, { port = 0, settings = {} } = {}) {
    const node = new KuboNode(binary, await mkdtemp(join(tmpdir(), 'kubo-')));
    await node.ipfs('init', '--empty-repo', '--profile=test');
    const all = {
      'Addresses.API': `/ip4/127.0.0.1/tcp/${port}`,
      'Routing.Type': 'none',
      'Provide.Enabled': false,
      ...settings,
    };
    for (const [name, value] of Object.entries(all)) await node.ipfs('config', '--json', name, JSON.stringify(value));
    await node.up();
    return node;
  }

  /** Where its RPC listens. */
  async rpcUrl() {
    const [, host, port] = /^\/ip4\/([^/]+)\/tcp\/(\d+)/.exec(await readFile(join(this.repo, 'api'), 'utf8'));
    return `http://${host}:${port}`;
  }

  /** Its own addresses, each with its peer id. */
  async addresses() {
    return JSON.parse(await this.ipfs('id')).Addresses;
  }

  get env() {
    return { ...process.env, IPFS_PATH: this.repo, IPFS_TELEMETRY: 'off' };
  }

  /** One command of the command line; resolves to what it printed, rejects with what it complained. */
  async ipfs(...args) {
    const { stdout } = await execute(this.binary, args, {
      env: this.env,
      maxBuffer: 64 * 1024 ** 2,
      encoding: 'utf8',
    }).catch((error) => {
      throw new Error(`ipfs ${args.join(' ')}: ${(error.stderr || error.message).trim()}`);
    });
    return stdout.trim();
  }

  async bytes(...args) {
    return (await execute(this.binary, args, { env: this.env, maxBuffer: 2 * 1024 ** 3 - 1, encoding: 'buffer' }))
      .stdout;
  }

  async up() {
    const daemon = spawn(this.binary, ['daemon'], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.daemon = daemon;
    // Whoever ends the suite ends it, too.
    const end = () => daemon.kill('SIGKILL');
    process.once('exit', end);
    daemon.once('exit', () => process.off('exit', end));
    await new Promise((resolve, reject) => {
      let said = '';
      for (const stream of [daemon.stdout, daemon.stderr]) {
        stream.on('data', (chunk) => {
          said += chunk;
          if (said.includes('Daemon is ready')) resolve();
        });
      }
      daemon.once('exit', (code) => reject(new Error(`ipfs daemon ended with ${code}:\n${said}`)));
    });
  }

  /** `SIGKILL`: as if it crashed. */
  async down(signal = 'SIGINT') {
    const { daemon } = this;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill(signal);
    await gone;
  }

  async destroy() {
    await this.down();
    await rm(this.repo, { recursive: true, force: true });
  }
}
