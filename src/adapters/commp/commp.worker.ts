// Runs in a worker thread: hashes the bytes of any number of pieces, each as they come. Under tests Node runs this file
// as it is (type stripping), after a build it is commp.worker.js: so it imports packages only.
import { parentPort } from 'node:worker_threads';
import { create, MAX_SIZE } from 'fr32-sha2-256-trunc254-padded-binary-tree-multihash';

/**
 * What the thread is asked: more bytes of a piece, in memory that is the sender's again with the answer; its
 * commitment; or to forget it.
 */
type Message = { id: number; slot: SharedArrayBuffer; length: number } | { id: number; end: 'digest' | 'abandon' };

const pieces = new Map<number, ReturnType<typeof create>>();

function hear(message: Message): object | null {
  const { id } = message;
  if ('slot' in message) {
    hasherOf(id).write(new Uint8Array(message.slot, 0, message.length));
    return { id, written: true };
  }
  const answer = message.end === 'digest' ? { id, commitment: commitmentOf(hasherOf(id)) } : null;
  pieces.get(id)?.free();
  pieces.delete(id);
  return answer;
}

function hasherOf(id: number): ReturnType<typeof create> {
  const hasher = pieces.get(id) ?? create();
  pieces.set(id, hasher);
  return hasher;
}

function commitmentOf(hasher: ReturnType<typeof create>): { root: Uint8Array; height: number } {
  const digest = new Uint8Array(MAX_SIZE);
  hasher.digestInto(digest, 0, true);
  const size = hasher.multihashByteLength();
  // fr32-sha2-256-trunc254-padded-binary-tree: ... padding varint, height byte, 32 bytes of root.
  return { root: digest.slice(size - 32, size), height: digest[size - 33] ?? 0 };
}

parentPort?.on('message', (message: Message) => {
  try {
    const answer = hear(message);
    if (answer) parentPort?.postMessage(answer);
  } catch (error) {
    pieces.delete(message.id);
    parentPort?.postMessage({ id: message.id, failure: error instanceof Error ? error.message : String(error) });
  }
});
