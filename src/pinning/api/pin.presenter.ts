import { Injectable } from '@nestjs/common';
import type { PinRecord } from '../pin.js';
import { NoIpfsNode } from '../pinning.errors.js';
import { IpfsNodeRegistry } from '../../network/index.js';

/** Pinning Service API 1.0.0, schema PinStatus. */
export interface PinStatusView {
  requestid: string;
  status: string;
  created: string;
  pin: { cid: string; name?: string; origins: string[]; meta: Record<string, string> };
  delegates: string[];
  /** A free map of strings. */
  info: Record<string, string>;
}

const DELEGATES_AGE_MS = 5_000;

@Injectable()
export class PinPresenter {
  private delegates: { at: number; addresses: Promise<string[]> } | undefined;

  private last: string[] = [];

  constructor(private readonly registry: IpfsNodeRegistry) {}

  async one(pin: PinRecord): Promise<PinStatusView> {
    return view(pin, await this.addresses());
  }

  async page({
    count,
    pins,
  }: {
    count: number;
    pins: PinRecord[];
  }): Promise<{ count: number; results: PinStatusView[] }> {
    return { count, results: await this.all(pins) };
  }

  async all(pins: PinRecord[]): Promise<PinStatusView[]> {
    const delegates = await this.addresses();
    return pins.map((pin) => view(pin, delegates));
  }

  view(pin: PinRecord, delegates: string[]): PinStatusView {
    return view(pin, delegates);
  }

  /** At least one, as the specification has it. @throws NoIpfsNode */
  async addresses(): Promise<string[]> {
    const addresses = await this.recent();
    if (addresses.length === 0) {
      this.delegates = undefined;
      throw new NoIpfsNode();
    }
    return addresses;
  }

  private recent(): Promise<string[]> {
    const now = performance.now();
    if (!this.delegates || now - this.delegates.at > DELEGATES_AGE_MS)
      this.delegates = { at: now, addresses: this.read() };
    return this.delegates.addresses;
  }

  /** What was known last is better than none. */
  private async read(): Promise<string[]> {
    try {
      this.last = [...new Set(await this.registry.addresses())].slice(0, 20);
    } catch {
      return this.last;
    }
    return this.last;
  }
}

function view(pin: PinRecord, delegates: string[]): PinStatusView {
  return {
    requestid: pin.requestId,
    status: pin.status,
    created: pin.createdAt.toISOString(),
    pin: { cid: pin.cid, ...(pin.name === null ? {} : { name: pin.name }), origins: pin.origins, meta: pin.meta },
    delegates,
    info: infoOf(pin),
  };
}

function infoOf({ progress, reason, contentId, status }: PinRecord): Record<string, string> {
  return {
    ...(reason === null || status === 'pinned' ? {} : { status_details: reason }),
    ...(progress
      ? { blocks: String(progress.blocks), bytes: String(progress.bytes), sources: String(progress.sources) }
      : {}),
    ...(progress && status === 'pinned' ? { dag_size: String(progress.bytes) } : {}),
    ...(contentId === null ? {} : { content: contentId }),
  };
}
