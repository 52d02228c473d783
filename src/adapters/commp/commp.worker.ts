// Runs in a worker thread: reads one file at a time through one buffer and hashes it. Under tests Node runs this file
// as it is (type stripping), after a build it is commp.worker.js: so it imports packages only.
import { open } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { create, MAX_SIZE } from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash';

const BUFFER_BYTES = 1024 * 1024;
const REPORT_EVERY = 8 * 1024 * 1024;

async function commitmentOf(path: string): Promise<{ root: Uint8Array; height: number }> {
  const file = await open(path, 'r');
  const hasher = create();
  try {
    const buffer = new Uint8Array(BUFFER_BYTES);
    let done = 0;
    let reported = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, BUFFER_BYTES, done);
      if (bytesRead === 0) break;
      hasher.write(buffer.subarray(0, bytesRead));
      done += bytesRead;
      if (done - reported >= REPORT_EVERY) {
        reported = done;
        parentPort?.postMessage({ progress: done });
      }
    }
    const digest = new Uint8Array(MAX_SIZE);
    hasher.digestInto(digest, 0, true);
    const size = hasher.multihashByteLength();
    // fr32-sha2-256-trunc254-padded-binary-tree: ... padding varint, height byte, 32 bytes of root.
    return { root: digest.slice(size - 32, size), height: digest[size - 33] ?? 0 };
  } finally {
    hasher.free();
    await file.close();
  }
}

parentPort?.on('message', (path: string) => {
  void commitmentOf(path).then(
    (commitment) => parentPort?.postMessage({ commitment }),
    (error: unknown) => parentPort?.postMessage({ failure: error instanceof Error ? error.message : String(error) }),
  );
});
