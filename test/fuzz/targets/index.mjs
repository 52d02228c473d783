/**
 * What is fuzzed: the files of this folder, and the names of the targets in each. A target: `corpus()` resolves to valid
 * inputs, made by code; `run(bytes)` hands one input to what a stranger's bytes reach first; `isNamed(error)` says whether
 * an error is an answer: it has a name, and a status below 500 where it reaches a client. `sample(random)`, where there is
 * one, yields inputs of a given structure without end. `weight` is its share of the time.
 */
const FILES = {
  ipld: ['car', 'car-stretch', 'car-prefix', 'dag-pb', 'dag-cbor', 'dag-json', 'unixfs', 'cid'],
  gateway: ['gateway-dag', 'gateway-request', 'uploaded-car'],
  requests: ['multipart', 'pin-body', 'pin-batch', 'pin-query', 'upload-query', 'page-query'],
  network: ['multiaddr', 'ip', 'opened-addresses', 'http-router'],
  filecoin: ['lotus', 'miner-stream', 'miner-http'],
};

export const targetNames = Object.values(FILES).flat();

/** One target, with no more loaded than it needs. The URL of a file is one by itself: what it exports as `target`. */
export async function targetOf(name) {
  if (name.startsWith('file:')) return (await import(name)).target;
  const [file] = Object.entries(FILES).find(([, names]) => names.includes(name)) ?? [];
  if (file === undefined) throw new Error(`no such target: ${name}`);
  const module = await import(`./${file}.mjs`);
  return module[file][name];
}
