// A Kubo of our own on loopback that knows nobody: no bootstrap, no routing, no discovery.
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
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

  static async start(binary) {
    const node = new KuboNode(binary, await mkdtemp(join(tmpdir(), 'kubo-')));
    await node.ipfs('init', '--empty-repo', '--profile=test');
    await node.ipfs('config', 'Routing.Type', 'none');
    await node.ipfs('config', '--json', 'Provide.Enabled', 'false');
    await node.up();
    return node;
  }

  get env() {
    return { ...process.env, IPFS_PATH: this.repo, IPFS_TELEMETRY: 'off' };
  }

  /** One command of the command line; resolves to what it printed, rejects with what it complained. */
  async ipfs(...args) {
    const { stdout } = await execute(this.binary, args, { env: this.env, maxBuffer: 64 * 1024 ** 2, encoding: 'utf8' })
      .catch((error) => { throw new Error(`ipfs ${args.join(' ')}: ${(error.stderr || error.message).trim()}`); });
    return stdout.trim();
  }

  async bytes(...args) {
    return (await execute(this.binary, args, { env: this.env, maxBuffer: 2 * 1024 ** 3 - 1, encoding: 'buffer' })).stdout;
  }

  async up() {
    const daemon = spawn(this.binary, ['daemon'], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.daemon = daemon;
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

  async down() {
    const { daemon } = this;
    if (!daemon || daemon.exitCode !== null || daemon.signalCode !== null) return;
    const gone = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGINT');
    await gone;
  }

  async destroy() {
    await this.down();
    await rm(this.repo, { recursive: true, force: true });
  }
}
