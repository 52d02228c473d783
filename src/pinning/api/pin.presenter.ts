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

/** Delegates are read again when they are older than this. */
const DELEGATES_AGE_MS = 5_000;
/** The specification's most. */
const MOST_DELEGATES = 20;

/**
 * The only way in which pins leave this room: the specification's PinStatus, with the delegates that every one of them
 * names.
 */
@Injectable()
export class PinPresenter {
  private delegates: { at: number; addresses: Promise<string[]> } | undefined;

  /** What was read last, for when it cannot be read. */
  private last: string[] = [];

  constructor(private readonly registry: IpfsNodeRegistry) {}

  /** @throws NoIpfsNode */
  async one(pin: PinRecord): Promise<PinStatusView> {
    return view(pin, await this.addresses());
  }

  /** The specification's PinResults. @throws NoIpfsNode */
  async page({
    count,
    pins,
  }: {
    count: number;
    pins: PinRecord[];
  }): Promise<{ count: number; results: PinStatusView[] }> {
    return { count, results: await this.all(pins) };
  }

  /** In the order given. @throws NoIpfsNode */
  async all(pins: PinRecord[]): Promise<PinStatusView[]> {
    const delegates = await this.addresses();
    return pins.map((pin) => view(pin, delegates));
  }

  /** For who has asked for the addresses already. */
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
      this.last = [...new Set(await this.registry.addresses())].slice(0, MOST_DELEGATES);
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

/** Strings by string, as the specification has it; `dag_size` and `status_details` are its own words. */
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
