// A real Kubo: KUBO_BINARY, or one that was built here before, or built now when some Go is there.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { toolCache } from '../../support/tool-cache.mjs';

export const KUBO_VERSION = '0.42.0';
const GO = [1, 26, 4];

/** { path, version }, or { why } when there is none to be had. */
export function kuboBinary() {
  const given = process.env.KUBO_BINARY;
  if (given) return existsSync(given) ? known(given) : { why: `KUBO_BINARY names ${given}, which is not there` };
  const kept = join(toolCache(`kubo-${KUBO_VERSION}`), 'ipfs');
  if (existsSync(kept)) return known(kept);
  const found = spawnSync('go', ['version'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } });
  const version = /go(\d+)\.(\d+)(?:\.(\d+))?/
    .exec(found.stdout ?? '')
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  if (!version) return { why: 'Go is not installed' };
  return build(kept, isOlder(version, GO) ? version : null);
}

const known = (path) => ({ path, version: execFileSync(path, ['version', '--number'], { encoding: 'utf8' }).trim() });

function isOlder(version, least) {
  const at = least.findIndex((part, n) => version[n] !== part);
  return at !== -1 && version[at] < least[at];
}

/**
 * Not `go install module@version`: that asks the proxy for paths that some proxies refuse. Built from within the
 * module, it needs nothing but the module and what it names.
 */
function build(kept, tooOld) {
  console.log(`Building Kubo ${KUBO_VERSION}; this takes some minutes, once ...`);
  const folder = mkdtempSync(join(tmpdir(), 'kubo-build-'));
  const env = { ...process.env, GOTOOLCHAIN: 'local' };
  const run = (go, args, cwd = folder) =>
    execFileSync(go, args, {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 ** 2,
    });
  try {
    const go = tooOld ? newerGo((args) => run('go', args), tooOld) : 'go';
    run(go, ['mod', 'init', 'kubo.build']);
    run(go, ['mod', 'edit', '-require', `github.com/ipfs/kubo@v${KUBO_VERSION}`]);
    run(go, ['mod', 'download', `github.com/ipfs/kubo@v${KUBO_VERSION}`]);
    run(
      go,
      ['build', '-o', join(folder, 'ipfs'), './cmd/ipfs'],
      run(go, ['list', '-m', '-f', '{{.Dir}}', 'github.com/ipfs/kubo']).trim(),
    );
    mkdirSync(dirname(kept), { recursive: true });
    // Into its place in one step, or not at all.
    execFileSync('cp', [join(folder, 'ipfs'), `${kept}.${process.pid}`]);
    renameSync(`${kept}.${process.pid}`, kept);
    return known(kept);
  } catch (error) {
    return {
      why: `Kubo could not be built: ${String(error.stderr || error.message)
        .trim()
        .split('\n')
        .slice(-3)
        .join(' / ')}`,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Go's own toolchains are modules, too: whatever Go is here fetches the one that Kubo needs. Since 1.21 it would do so
 * by itself; a distribution's may be older than that, or told not to. Modules carry no permissions, so the programs are
 * made such.
 */
function newerGo(go, tooOld) {
  const [need, system] = [GO.join('.'), `${go(['env', 'GOOS']).trim()}-${go(['env', 'GOARCH']).trim()}`];
  console.log(`Go ${tooOld.join('.')} is here, and Kubo ${KUBO_VERSION} needs ${need}: fetching that ...`);
  const { Dir: home } = JSON.parse(go(['mod', 'download', '-json', `golang.org/toolchain@v0.0.1-go${need}.${system}`]));
  for (const programs of [join(home, 'bin'), join(home, 'pkg', 'tool', system.replace('-', '_'))]) {
    for (const name of existsSync(programs) ? readdirSync(programs) : []) chmodSync(join(programs, name), 0o755);
  }
  return join(home, 'bin', 'go');
}
