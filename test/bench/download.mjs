// One large file through the gateway, beside a plain static server: nginx where it is installed, else Node's own file
// stream.
// npm run bench:download -- --size 1g [--runs 3] [--url ...] [--key-file ...] [--data <folder for the static file>]
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, get, request } from 'node:http';
import net from 'node:net';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { assertReady, mebibytes, parseSize, perSecond, readArguments, readKey, report } from './platform.mjs';

const args = readArguments({ size: '1g', runs: 3 });
const size = parseSize(args.size);
await assertReady(args.url);
const key = await readKey(args.keyFile);
const folder = await mkdtemp(join(args.data, 'bench-download-'));
const file = join(folder, 'file.bin');

async function makeFile() {
  const out = createWriteStream(file);
  for (let written = 0; written < size; written += 1024 * 1024) {
    if (!out.write(randomBytes(Math.min(1024 * 1024, size - written))))
      await new Promise((resolve) => out.once('drain', resolve));
  }
  out.end();
  await finished(out);
}

function upload() {
  return new Promise((resolve, reject) => {
    const put = request(
      `${args.url}/content/add?filename=bench-download`,
      { method: 'PUT', headers: { authorization: `Bearer ${key}`, 'content-length': size } },
      async (response) => {
        let text = '';
        for await (const part of response) text += part;
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(text));
      },
    );
    put.on('error', reject);
    createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(put);
  });
}

function download(url) {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      let bytes = 0;
      response.on('data', (part) => {
        bytes += part.length;
      });
      response.on('error', reject);
      response.on('end', () =>
        bytes === size
          ? resolve((performance.now() - started) / 1000)
          : reject(new Error(`${response.statusCode}: ${bytes} bytes instead of ${size}`)),
      );
    }).on('error', reject);
  });
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

async function staticServer() {
  const port = await freePort();
  if (spawnSync('nginx', ['-v']).status === 0) {
    const config = join(folder, 'nginx.conf');
    await writeFile(
      config,
      `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;\nevents {}\nhttp { access_log off; sendfile on; tcp_nopush on; client_body_temp_path ${folder}/b; server { listen 127.0.0.1:${port}; root ${folder}; } }\n${process.getuid() === 0 ? 'user root;\n' : ''}`,
    );
    const nginx = spawn('nginx', ['-c', config, '-p', folder], { stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { name: 'nginx (sendfile)', url: `http://127.0.0.1:${port}/file.bin`, stop: () => nginx.kill() };
  }
  const server = createServer((_request, response) => {
    response.setHeader('content-length', size);
    createReadStream(file, { highWaterMark: 1024 * 1024 }).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  return { name: "Node's file stream", url: `http://127.0.0.1:${port}/file.bin`, stop: () => server.close() };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
try {
  await makeFile();
  const { cid, estuaryId } = await upload();
  const plain = await staticServer();
  const ours = [];
  const theirs = [];
  for (let run = 0; run <= Number(args.runs); run++) {
    const a = await download(plain.url);
    const b = await download(`${args.url}/ipfs/${cid}`);
    // The first round warms both.
    if (run > 0) {
      theirs.push(a);
      ours.push(b);
    }
  }
  plain.stop();
  await fetch(`${args.url}/content/${estuaryId}`, { method: 'DELETE', headers: { authorization: `Bearer ${key}` } });
  await report(
    'download',
    [
      ['file', `${mebibytes(size)}, ${args.runs} runs after one to warm up, medians`],
      [plain.name, `${median(theirs).toFixed(2)} s   ${perSecond(size, median(theirs))}`],
      ['gateway', `${median(ours).toFixed(2)} s   ${perSecond(size, median(ours))}`],
      ['share of the static server', (median(theirs) / median(ours)).toFixed(2)],
    ],
    {
      size,
      staticServer: plain.name,
      staticSeconds: theirs,
      gatewaySeconds: ours,
      share: median(theirs) / median(ours),
    },
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
