import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative, sep } from 'node:path';
import { root } from './root.mjs';

const notForProduction = /\.(spec|int-spec|contract)\.tsx?$|[\\/]testing[\\/]|\.d\.ts$/;
/** The web client, which Vite builds (pages.mjs). */
const pages = /^src[\\/]dashboard[\\/]ui[\\/]/;

/** Every file that the build of the platform reads. */
export function sources() {
  return files().filter((path) => !pages.test(path));
}

/** Every file that the build of the web client reads. */
export function pageSources() {
  return files().filter((path) => pages.test(path));
}

function files() {
  return readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath ?? entry.path, entry.name)))
    .filter((path) => !notForProduction.test(path))
    .sort();
}

/** Compiles src/ to dist/ and copies what is no TypeScript beside it. dist/ is replaced as a whole, when all of it is there. */
export async function build() {
  const { transformFile } = await import('@swc/core');
  const fresh = join(root, `dist.${process.pid}`);
  rmSync(fresh, { recursive: true, force: true });
  for (const path of sources()) {
    const target = join(fresh, path.split(sep).slice(1).join(sep));
    mkdirSync(dirname(target), { recursive: true });
    if (extname(path) !== '.ts') {
      if (extname(path) !== '.md') cpSync(join(root, path), target);
      continue;
    }
    const script = target.replace(/\.ts$/, '.js');
    const { code, map } = await transformFile(join(root, path), {
      swcrc: true,
      sourceMaps: true,
      sourceFileName: relative(dirname(join(root, 'dist', relative(fresh, script))), join(root, path)),
    });
    writeFileSync(script, `${code}\n//# sourceMappingURL=${script.split(sep).pop()}.map\n`);
    if (map !== undefined) writeFileSync(`${script}.map`, map);
  }
  // Built by another step, for itself.
  const ui = join(root, 'dist', 'ui');
  if (existsSync(ui)) cpSync(ui, join(fresh, 'ui'), { recursive: true });
  const old = join(root, `dist.old.${process.pid}`);
  if (existsSync(join(root, 'dist'))) renameSync(join(root, 'dist'), old);
  renameSync(fresh, join(root, 'dist'));
  rmSync(old, { recursive: true, force: true });
}
