import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';
import type { ProcessRole } from './process-info.js';

/** A name is a label of DNS: it stands in rows (`node:<id>`), logs and metrics. */
const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * Which storage node this is: the name that its data folder keeps in the file `node-id`. Made at the first start and
 * never changed by the platform, so it goes where the folder goes. Whatever means "this process on this machine" or "a
 * file in this folder" bears it in the database; several nodes with a folder each may then share one database.
 */
@Injectable()
export class NodeIdentity {
  private known: string | undefined;

  constructor(private readonly config: AppConfig) {}

  /** @throws Error when the file holds something that is no name, or can be neither read nor made. */
  get id(): string {
    this.known ??= readOrMake(this.config.inData('node-id'));
    return this.known;
  }

  /** The name of one of this node's processes in tables that several nodes share: `<node id>/<role>`. */
  processName(role: ProcessRole): string {
    return `${this.id}/${role}`;
  }
}

/** @throws Error when the file holds no name. */
function readOrMake(file: string): string {
  const text = read(file) ?? make(file);
  if (!NAME.test(text)) throw new Error(`${file} has to hold the name of this node: small letters, digits and hyphens`);
  return text;
}

/** Null when there is no file yet. */
function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Two processes that start together agree: the file appears whole, and the second link fails. */
function make(file: string): string {
  const name = `node-${randomBytes(8).toString('hex')}`;
  const draft = `${file}.${process.pid}`;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(draft, `${name}\n`, { flush: true });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  syncFolder(path.dirname(file));
  return readFileSync(file, 'utf8').trim();
}

/** Makes the file's name survive a power cut. */
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
