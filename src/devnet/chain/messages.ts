import * as dagCbor from '@ipld/dag-cbor';
import type { Database } from '../storage/database.js';
import type { Accounts } from './accounts.js';
import { chainCid, json, type JsonCid } from './cids.js';
import type { EpochClock } from './epoch-clock.js';

/** The storage market actor and the numbers of its methods, as on mainnet. */
export const MARKET_ACTOR = 't05';
/** `PublishStorageDeals` (builtin-actors, market). */
export const PUBLISH_STORAGE_DEALS = 4;
/** `AddBalance` (builtin-actors, market). */
export const ADD_BALANCE = 2;

/** RLE+ of the bitfield {0}: "the first deal of this message is valid". */
const FIRST_DEAL_VALID = Uint8Array.of(0x0c);

/** `height` is where it lands; `returned` is base64 of the dag-cbor return value. */
interface StoredMessage {
  message: Record<string, unknown> & { CID: JsonCid };
  height: number;
  returned: string | null;
}

/**
 * Messages "land" one epoch after they were sent; none ever fails. There is no mempool and no gas market behind them.
 */
export class Messages {
  constructor(
    private readonly db: Database,
    private readonly clock: EpochClock,
    private readonly accounts: Accounts,
  ) {}

  /** Returns the message's CID. `value` is in attoFIL; `params` is encoded as dag-cbor. */
  send(from: string, to: string, method: number, value: bigint, params: unknown): string {
    const nonce = this.accounts.nextNonce(from);
    const encoded = Buffer.from(dagCbor.encode(params)).toString('base64');
    const cid = chainCid([from, to, nonce, method, String(value), encoded]);
    const message = {
      Version: 0,
      To: to,
      From: from,
      Nonce: nonce,
      Value: String(value),
      GasLimit: 1_000_000,
      GasFeeCap: '1000',
      GasPremium: '100',
      Method: method,
      Params: encoded,
      CID: json(cid),
    };
    this.save(cid.toString(), { message, height: this.clock.height + 1, returned: null });
    return cid.toString();
  }

  /** Records what a PublishStorageDeals message returned: one deal, valid. Without effect for an unknown message. */
  published(cid: string, dealId: number, height: number): void {
    const stored = this.find(cid);
    if (!stored) return;
    const returned = Buffer.from(dagCbor.encode([[dealId], FIRST_DEAL_VALID])).toString('base64');
    this.save(cid, { ...stored, height, returned });
  }

  /** The message as Lotus' ChainGetMessage shows it, once it was sent; whether it landed is another question. */
  find(cid: string): StoredMessage | undefined {
    const row = this.db.one<{ doc: string }>('select doc from messages where cid = ?', cid);
    return row && (JSON.parse(row.doc) as StoredMessage);
  }

  /** Only when its epoch has come. */
  landed(cid: string): StoredMessage | undefined {
    const stored = this.find(cid);
    return stored && stored.height <= this.clock.height ? stored : undefined;
  }

  private save(cid: string, stored: StoredMessage): void {
    this.db.run(
      'insert into messages(cid, height, doc) values (?, ?, ?) on conflict(cid) do update set height = excluded.height, doc = excluded.doc',
      cid,
      stored.height,
      JSON.stringify(stored),
    );
  }
}
