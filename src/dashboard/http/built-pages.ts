import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** How bytes travel: as they are, or packed when the client was built. */
export type Encoding = 'br' | 'gzip' | 'identity';

/** One file of the built client with its packed forms. */
export interface PageFile {
  type: string;
  /** Of the file as it is; each packed form has its own (RFC 9110, 8.8.3). */
  etag: string;
  bodies: ReadonlyMap<Encoding, Buffer>;
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};
const PACKED: readonly [Encoding, string][] = [
  ['br', '.br'],
  ['gzip', '.gz'],
];

/**
 * The web client as it was built, all of it in memory: about a megabyte. Only what was there at the start is ever
 * served, so no path can lead out of the folder.
 */
export class BuiltPages {
  private constructor(private readonly files: ReadonlyMap<string, PageFile>) {}

  /** Reads a folder of built files; one that is not there has no pages. */
  static load(folder: string): BuiltPages {
    const files = new Map<string, PageFile>();
    if (!existsSync(join(folder, 'index.html'))) return new BuiltPages(files);
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      const type = TYPES[extname(entry.name)];
      if (!entry.isFile() || type === undefined) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(`/${relative(folder, path).split(sep).join('/')}`, pageFile(path, type));
    }
    return new BuiltPages(files);
  }

  /** The page itself, one for all paths; undefined where the client was not built. */
  get index(): PageFile | undefined {
    return this.files.get('/index.html');
  }

  /** By its path as it is asked for, `/assets/index-1a2b.js`. */
  file(path: string): PageFile | undefined {
    return path === '/index.html' ? undefined : this.files.get(path);
  }
}

function pageFile(path: string, type: string): PageFile {
  const bytes = readFileSync(path);
  const bodies = new Map<Encoding, Buffer>([['identity', bytes]]);
  for (const [encoding, suffix] of PACKED)
    if (existsSync(path + suffix)) bodies.set(encoding, readFileSync(path + suffix));
  return { type, etag: createHash('sha256').update(bytes).digest('base64url').slice(0, 22), bodies };
}

/** The best form that the client takes (RFC 9110, 12.5.3); what says `q=0` is not wanted. */
export function encodingFor(accepted: string | undefined, bodies: ReadonlyMap<Encoding, Buffer>): Encoding {
  const wanted = new Map(
    (accepted ?? '').split(',').map((part): [string, number] => {
      const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  const takes = (name: string): boolean => (wanted.get(name) ?? wanted.get('*') ?? 0) > 0;
  return PACKED.map(([encoding]) => encoding).find((name) => bodies.has(name) && takes(name)) ?? 'identity';
}
