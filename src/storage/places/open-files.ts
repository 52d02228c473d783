import type { FileHandle } from 'node:fs/promises';
import type { CarId } from '../../shared/index.js';

interface OpenFile {
  handle: Promise<FileHandle>;
  readers: number;
  usedAt: number;
  /** Out of the cache: closed by its last reader. */
  dropped: boolean;
}

const MOST_OPEN = 128;
/** A file that another process removed gives its space back no later than this. */
const IDLE_MS = 10_000;

/** File descriptors of CARs that are being read, kept open for the next reader; bounded. */
export class OpenFiles {
  private readonly files = new Map<CarId, OpenFile>();
  private readonly timer = setInterval(() => this.dropIdle(), IDLE_MS / 2).unref();

  constructor(private readonly open: (id: CarId) => Promise<FileHandle>) {}

  /** Fills a new buffer from the file; null when the file is gone or shorter. */
  async read(id: CarId, offset: number, length: number): Promise<Buffer | null> {
    const file = this.take(id);
    try {
      const handle = await file.handle;
      const buffer = Buffer.allocUnsafe(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
        if (bytesRead === 0) return null;
        filled += bytesRead;
      }
      return buffer;
    } catch (error) {
      this.drop(id, file);
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    } finally {
      file.readers -= 1;
      if (file.dropped && file.readers === 0) close(file);
    }
  }

  /** The next reader opens it anew; who reads now reads on in the old one. */
  forget(id: CarId): void {
    const file = this.files.get(id);
    if (file) this.drop(id, file);
  }

  /** Files that are being read are closed by their last reader. */
  close(): void {
    clearInterval(this.timer);
    for (const [id, file] of this.files) this.drop(id, file);
  }

  private take(id: CarId): OpenFile {
    let file = this.files.get(id);
    if (file) this.files.delete(id);
    else file = { handle: this.open(id), readers: 0, usedAt: 0, dropped: false };
    file.handle.catch(() => undefined);
    this.files.set(id, file);
    file.readers += 1;
    file.usedAt = performance.now();
    if (this.files.size > MOST_OPEN) this.dropOldest();
    return file;
  }

  private dropOldest(): void {
    const [oldest] = this.files;
    if (oldest) this.drop(...oldest);
  }

  private dropIdle(): void {
    for (const [id, file] of this.files) {
      if (file.readers === 0 && performance.now() - file.usedAt > IDLE_MS) this.drop(id, file);
    }
  }

  private drop(id: CarId, file: OpenFile): void {
    if (this.files.get(id) === file) this.files.delete(id);
    if (file.dropped) return;
    file.dropped = true;
    if (file.readers === 0) close(file);
  }
}

function close(file: OpenFile): void {
  file.handle.then((handle) => handle.close()).catch(() => undefined);
}
