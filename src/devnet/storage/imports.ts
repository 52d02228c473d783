import { open, stat } from 'node:fs/promises';
import { carRoots } from './car-sections.js';
import type { Database } from './database.js';

/** A CAR of the client by its path, with its only root. */
export interface Import {
  id: number;
  path: string;
  root: string;
  size: number;
}

/** The CARs that the client told its node about. Only their paths are kept: the bytes stay with the client. */
export class Imports {
  constructor(private readonly db: Database) {}

  /**
   * May be repeated: each call is an import of its own. @throws Error for a file that is no CARv1 with exactly one
   * root.
   */
  async add(path: string): Promise<Import> {
    const [root, ...others] = await readRoots(path);
    if (!root || others.length > 0) throw new Error('car file must have exactly one root');
    const { size, mtimeMs } = await stat(path);
    const { id } = this.db.run(
      'insert into imports(path, root, size, mtime_ms) values (?, ?, ?, ?)',
      path,
      root.toString(),
      size,
      mtimeMs,
    );
    return { id, path, root: root.toString(), size };
  }

  /** Oldest first; the files may be gone since. */
  list(): Import[] {
    return this.db.all<Import>('select id, path, root, size from imports order by id');
  }

  /** Without effect when there is none; the file stays. */
  remove(id: number): void {
    this.db.run('delete from imports where id = ?', id);
  }

  /** The newest import of that root. */
  find(root: string): Import | undefined {
    return this.db.one<Import>(
      'select id, path, root, size from imports where root = ? order by id desc limit 1',
      root,
    );
  }
}

async function readRoots(path: string) {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(65_536), 0, 65_536, 0);
    return carRoots(buffer.subarray(0, bytesRead));
  } finally {
    await file.close();
  }
}
