import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import path from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** How `/health` was answered while something went on. */
export interface Health {
  asked: number;
  failed: number;
  worstMs: number;
  medianMs: number;
}

/** Watches `/health` from a process of its own, which no test keeps waiting. */
export class HealthWatch {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly lines: AsyncIterator<string>;
  private readonly reader: Interface;

  constructor(url: string) {
    const script = path.resolve(import.meta.dirname, '../../support/watch-health.mjs');
    this.child = spawn(process.execPath, [script, url], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.reader = createInterface({ input: this.child.stdout });
    this.lines = this.reader[Symbol.asyncIterator]();
  }

  /** Since the last time it was asked. */
  async figures(): Promise<Health> {
    this.child.stdin.write('\n');
    const { value } = (await this.lines.next()) as { value: string };
    return JSON.parse(value) as Health;
  }

  stop(): void {
    this.reader.close();
    this.child.kill();
  }
}

/** A server that does nothing else than to answer `/health`: what the machine has left for anybody. */
export class BareServer {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>) {
    this.child = child;
  }

  static async start(): Promise<{ server: BareServer; url: string }> {
    const script = path.resolve(import.meta.dirname, '../../support/bare-server.mjs');
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    for await (const url of createInterface({ input: child.stdout })) return { server: new BareServer(child), url };
    throw new Error('the bare server ended before it listened');
  }

  stop(): void {
    this.child.kill();
  }
}

/** Bytes of memory that a process has now. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Seconds of processor time that a process has used. */
export function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Connections that a server on this port of loopback has open on its side. */
export function connectionsTo(port: number): number {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  // Columns: number, local address, remote address, state (01: established).
  return rows.map((row) => row.trim().split(/\s+/)).filter(([, at, , state]) => at === local && state === '01').length;
}

/** The most memory that a process has while something runs. */
export async function peakBytes<T>(pid: number, run: () => Promise<T>): Promise<{ value: T; peak: number }> {
  let peak = residentBytes(pid);
  const timer = setInterval(() => {
    peak = Math.max(peak, residentBytes(pid));
  }, 100);
  try {
    return { value: await run(), peak };
  } finally {
    clearInterval(timer);
    peak = Math.max(peak, residentBytes(pid));
  }
}

/** What became of one request: its status, 0 where the connection broke before there was one. */
export interface Reply {
  status: number;
  bytes: number;
}

/** Gets and reads one answer, until the signal ends it. Never rejects. */
export function ask(url: string, headers: Record<string, string>, signal: AbortSignal, agent?: Agent): Promise<Reply> {
  return new Promise((resolve) => {
    const reply: Reply = { status: 0, bytes: 0 };
    const done = (): void => resolve(reply);
    const sent = request(url, { headers, signal, ...(agent ? { agent } : { agent: false }) }, (response) => {
      reply.status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => {
        reply.bytes += chunk.length;
      });
      response.on('end', done).on('error', done).on('close', done);
    });
    sent.on('error', done);
    sent.end();
  });
}

/** So many readers ask for the same, one answer after the other, until the time is over; then all hang up at once. */
export async function flood(
  urls: readonly string[],
  options: { readers: number; seconds: number; headers?: Record<string, string> },
): Promise<Reply[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: options.readers });
  const over = new AbortController();
  const replies: Reply[] = [];
  const reader = async (first: number): Promise<void> => {
    for (let at = first; !over.signal.aborted; at++)
      replies.push(await ask(urls[at % urls.length] as string, options.headers ?? {}, over.signal, agent));
  };
  const readers = Array.from({ length: options.readers }, (_, at) => reader(at));
  await sleep(options.seconds * 1000);
  over.abort();
  await Promise.all(readers);
  agent.destroy();
  return replies;
}
