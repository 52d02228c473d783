import { z } from 'zod';
import { openedAddresses } from './opened-addresses.js';

const flag = z.enum(['true', 'false', '1', '0', '']).transform((text) => text === 'true' || text === '1');
const port = z.coerce.number().int().min(0).max(65_535);
const seconds = z.coerce.number().positive();
const bytes = z.coerce.number().int().positive();
const atto = z
  .string()
  .regex(/^\d+$/)
  .transform((text) => BigInt(text));
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const routing = z.union([
  z.literal('auto'),
  z.literal('none').transform((): RoutingSystem[] => []),
  list.pipe(z.array(z.enum(['dht', 'lan', 'delegated', 'gateway'])).min(1)),
]);
const urls = list.pipe(z.array(z.url({ protocol: /^https?$/ })));

/**
 * `dht`: the public one. `lan`: the same among the nodes of a private network. `delegated`: providers over HTTP.
 * `gateway`: blocks over HTTP.
 */
export type RoutingSystem = 'dht' | 'lan' | 'delegated' | 'gateway';

/**
 * Every setting of the platform. The launcher fills in what a fresh machine lacks (DATABASE_URL, LOTUS_API_URL, ports)
 * and hands the result to its processes as environment; nothing else reads the environment.
 */
export const environmentSchema = z.object({
  /** HTTP port of the API and gateway. */
  PORT: port.default(3004),
  HOST: z.string().default('127.0.0.1'),
  /** Connections that are open at once, of all clients together; a further one is answered 503. */
  CONNECTIONS_MAX: z.coerce.number().int().min(1).default(20_000),
  /** Connections of one address; a further one is answered 429. 0: no limit. */
  CONNECTIONS_PER_ADDRESS: z.coerce.number().int().min(0).default(2_048),
  /** A body of which less than 16 KiB comes in this time is given up: 408. */
  REQUEST_IDLE_SECONDS: seconds.default(60),
  /** Addresses and networks (CIDR) of reverse proxies before us: what they say in X-Forwarded-For is believed. */
  TRUSTED_PROXIES: list.pipe(z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]))).default([]),
  /** Requests per second of one API key, on all routes together; half a minute of them may come at once. 0: no limit. */
  KEY_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).default(5_000),
  /** The same for all keys of an account. */
  ACCOUNT_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).default(10_000),
  /** The same for an address (IPv6: its /64) that shows no key. */
  ADDRESS_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).default(2_000),
  /**
   * How often a minute one user name may be tried with a password, and one address six times as often; a minute's worth
   * may come at once. 0: no limit.
   */
  LOGIN_ATTEMPTS_PER_MINUTE: z.coerce.number().int().min(0).max(100_000).default(10),
  /**
   * Shows metrics and the details of readiness to others than this machine: `Authorization: Bearer ...`. Secret.
   */
  METRICS_TOKEN: z.string().min(16).optional(),
  /** Base URL that users reach us by; default http://localhost:PORT. */
  PUBLIC_URL: z.url().optional(),
  /** Data folder: CARs, index, embedded database, keys, logs. */
  TIDEWATER_DATA: z.string().default('./data'),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** PostgreSQL >= 14. Empty: the launcher starts an embedded one. */
  DATABASE_URL: z.string().default(''),
  /**
   * The role that owns the tables, for migrations; it grants the role of DATABASE_URL what that needs. Empty: the role
   * of DATABASE_URL owns them. Only for the launcher; the processes never get it.
   */
  DATABASE_OWNER_URL: z.string().default(''),
  DATABASE_POOL: z.coerce.number().int().min(2).default(10),
  /** The server ends a statement, or a transaction that stands idle, after this long. */
  DATABASE_STATEMENT_TIMEOUT_SECONDS: seconds.default(120),
  /** A statement of a request that is not answered by then fails as one of a database that is away (503). */
  DATABASE_REQUEST_TIMEOUT_SECONDS: seconds.default(12),
  /** The server lets nobody wait longer for a lock that somebody else holds. */
  DATABASE_LOCK_TIMEOUT_SECONDS: seconds.default(30),
  /** redis://... for BullMQ on Redis; empty: BullMQ on PostgreSQL. */
  QUEUE_URL: z.string().default(''),
  /** Port of the worker's health and metrics listener; 0: any free one. */
  WORKER_PORT: port.default(0),
  /** Address of that listener. Whoever asks from another machine needs METRICS_TOKEN. */
  WORKER_HOST: z.string().default('127.0.0.1'),

  /** libp2p listen addresses, comma-separated multiaddrs. The default stays on loopback. */
  LIBP2P_LISTEN: list.default(['/ip4/127.0.0.1/tcp/0']),
  LIBP2P_ANNOUNCE: list.default([]),
  /**
   * Which private and loopback addresses may be dialled when strangers name them (origins of pins, providers):
   * `true` (this machine and private networks), or a list of `<IPv4 or [IPv6]>[/<prefix>][:<port>[-<port>]]`.
   * Default: none.
   */
  LIBP2P_DIAL_PRIVATE: openedAddresses.optional(),
  /** What our node provides is provided anew so often; the network forgets it after 48 hours. */
  PROVIDE_INTERVAL_HOURS: z.coerce.number().positive().max(47).default(22),
  PROVIDE_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(32),
  /**
   * Where else than at origins blocks are looked for, and where ours are announced: auto | none | a list of dht, lan,
   * delegated, gateway.
   */
  IPFS_ROUTING: routing.default('auto'),
  /** Multiaddrs with peer ids by which a DHT is entered. Default: the public ones for `dht`, none for `lan`. */
  LIBP2P_BOOTSTRAP: list.optional(),
  /** Base URLs of HTTP routers (https://specs.ipfs.tech/routing/http-routing-v1/). */
  DELEGATED_ROUTING_URLS: urls.default(['https://delegated-ipfs.dev']),
  /** Base URLs of trustless gateways; what they say is checked by hash. */
  TRUSTLESS_GATEWAY_URLS: urls.default(['https://trustless-gateway.link', 'https://4everland.io']),

  /**
   * RPC address of a Kubo that is our IPFS node, http(s)://host:port[/api/v0]; empty: the embedded Helia. Who may use
   * it is said by KUBO_RPC_AUTH.
   */
  KUBO_RPC_URL: z
    .url({ protocol: /^https?$/ })
    .refine((text) => !/^\w+:\/\/[^/]*@/.test(text), { error: 'credentials belong into KUBO_RPC_AUTH' })
    .optional(),
  /** `user:password` or `bearer:token`, as in Kubo's API.Authorizations. Secret. */
  KUBO_RPC_AUTH: z
    .string()
    .regex(/^[^:\s]+:\S+$/)
    .optional(),

  /** Bodies up to this size are complete in memory before they join the shared segment. */
  CONTENT_SMALL_LIMIT: bytes.default(1024 * 1024),
  CONTENT_SIZE_LIMIT: bytes.default(1024 ** 4),
  /** Files and folders in one upload: each costs some 150 bytes of memory while the upload comes in. */
  UPLOAD_ENTRIES_LIMIT: z.coerce.number().int().min(1).max(10_000_000).default(200_000),
  /** An upload in several requests (tus) is given up, and its bytes removed, when nothing of it came for so long. */
  UPLOAD_EXPIRY_SECONDS: seconds.default(7 * 86_400),
  /** Deal-sized CARs: a CAR is sealed and rolled over before it would pass this many bytes. */
  PIECE_CAR_LIMIT: bytes.default(2 * 1024 ** 3 - 64 * 1024 ** 2),
  SEGMENT_MAX_BYTES: bytes.default(256 * 1024 ** 2),
  SEGMENT_MAX_AGE_SECONDS: seconds.default(8),
  /** Keep this much of the disk free; uploads are refused below it. With the embedded PostgreSQL the launcher makes it 1 GiB. */
  DISK_RESERVE_BYTES: z.coerce
    .number()
    .int()
    .min(0)
    .default(64 * 1024 ** 2),
  /** Every sealed CAR of this node is read again, and its blocks are hashed, once in so many days. */
  SCRUB_DAYS: z.coerce.number().positive().default(30),
  /** The scrub reads no faster. */
  SCRUB_BYTES_PER_SECOND: bytes.default(32 * 1024 ** 2),

  /** CAR files that no row knows wait in `cars/lost+found/` for so many days before they are removed. */
  ORPHAN_KEEP_DAYS: z.coerce.number().min(0).max(3_650).default(7),

  /** Bytes that an account may store where the operator has set nothing for it; empty: no quota. */
  ACCOUNT_BYTES_QUOTA: z.coerce.number().int().min(0).optional(),
  /** Past this part of its quota of bytes an account is warned (event `quota.soft-limit`, `GET /viewer`). */
  ACCOUNT_SOFT_QUOTA_PERCENT: z.coerce.number().min(1).max(100).default(80),
  /** Pins that an account may have, likewise. */
  ACCOUNT_PINS_QUOTA: z.coerce.number().int().min(0).max(2_147_483_647).optional(),

  /** Pins that a worker transfers at once. */
  PIN_CONCURRENCY: z.coerce.number().int().min(1).max(64).default(8),
  /** Pins whose first block it searches for at once besides: these cost next to nothing. */
  PIN_SEARCH_CONCURRENCY: z.coerce.number().int().min(1).max(1024).default(64),
  /** Without a block, looking or transferring, until a pin fails. */
  PIN_IDLE_TIMEOUT_SECONDS: seconds.default(600),
  /** What the DAG of one pin may have, and how long its transfer may take. */
  PIN_MAX_BYTES: bytes.default(32 * 1024 ** 3),
  PIN_MAX_BLOCKS: z.coerce.number().int().min(1).max(100_000_000).default(4_000_000),
  PIN_MAX_DEPTH: z.coerce.number().int().min(1).max(1_000_000).default(1024),
  PIN_MAX_HOURS: z.coerce.number().positive().max(8760).default(24),
  /** Requests per second of one API key on the pinning routes; half a minute of them may come at once. 0: no limit. */
  PIN_REQUESTS_PER_SECOND: z.coerce.number().int().min(0).default(5_000),

  /** Lotus JSON-RPC, http(s):// or ws(s)://. Empty: the launcher starts the devnet. */
  LOTUS_API_URL: z.string().default(''),
  LOTUS_API_TOKEN: z.string().default(''),
  LOTUS_TIMEOUT_SECONDS: seconds.default(30),
  /** What a FIL costs in US dollars, where no live source is set up; empty: unknown, and shown as such. */
  FIL_USD: z
    .string()
    .regex(/^\d+(\.\d+)?$/)
    .optional(),

  DEALS_REPLICATION: z.coerce.number().int().min(1).max(50).default(6),
  /** Epochs. */
  DEALS_DURATION: z.coerce.number().int().min(1).default(1_494_720),
  DEALS_VERIFIED: flag.default(false),
  /**
   * The most that an uploader may ask for, unless an operator set the account's own cap; default: DEALS_REPLICATION
   * and DEALS_DURATION, the price caps below for the price.
   */
  DEALS_REPLICATION_CAP: z.coerce.number().int().min(1).max(50).optional(),
  /** Epochs. */
  DEALS_DURATION_CAP: z.coerce.number().int().min(1).optional(),
  /** attoFIL that deals made within 24 hours may cost in all; empty: no cap. */
  DEALS_SPEND_PER_DAY: atto.optional(),
  /** Padded bytes of verified deals made within 24 hours; empty: no cap. */
  DEALS_DATACAP_PER_DAY: z.coerce.number().int().min(0).optional(),
  /** The same two for the pieces of one account, where an operator has set nothing for it. */
  ACCOUNT_SPEND_PER_DAY: atto.optional(),
  /** Without it, or a cap of its own, no account may ask for verified deals while DEALS_VERIFIED is false. */
  ACCOUNT_DATACAP_PER_DAY: z.coerce.number().int().min(0).optional(),
  /** attoFIL per GiB per epoch: 0.00000003 FIL by default. */
  DEALS_MAX_PRICE: atto.default(30_000_000_000n),
  DEALS_MAX_VERIFIED_PRICE: atto.default(0n),
  /** Epochs from now until a proposal must be on chain and sealed. */
  DEALS_START_DELAY: z.coerce.number().int().min(1).default(20_160),
  /** A deal closer to its end than this is renewed. Epochs. */
  DEALS_RENEW_WINDOW: z.coerce.number().int().min(0).default(60_480),
  DEALS_CHECK_SECONDS: seconds.default(2),
  /**
   * A deal that makes no progress for this long on its way to the chain is given to another miner. Miners of a real
   * network publish in batches, hours apart.
   */
  DEALS_STALL_TIMEOUT_SECONDS: seconds.default(28_800),
  COMMP_THREADS: z.coerce.number().int().min(1).default(1),

  MINERS_REFRESH_SECONDS: seconds.default(60),
  /**
   * Private and loopback addresses at which miners may be asked over HTTP when they name them; written as
   * LIBP2P_DIAL_PRIVATE, which is the default. For the devnet the launcher opens the ports of its miners.
   */
  MINERS_DIAL_PRIVATE: openedAddresses.optional(),
  /** Only deal with these (comma-separated addresses); empty: all that the chain lists. */
  MINERS_ALLOW: list.default([]),
  MINERS_EXPLORATION: z.coerce.number().min(0).max(1).default(0.1),
  /** Of all deals that are alive, no miner is given more than this share while others can take the next one. */
  MINERS_SHARE_CAP: z.coerce.number().min(0.01).max(1).default(0.25),
  /**
   * Five failures in a row stop proposals to a miner for this long, and each further one for twice as long, up to six
   * hours.
   */
  MINERS_BREAKER_SECONDS: seconds.default(60),
  /**
   * On a chain with more miners than this only those that are known (allowed, or added by an operator) are looked at.
   */
  MINERS_DISCOVER_LIMIT: z.coerce.number().int().min(0).default(500),

  /** How long the events of an account can be read again (`GET /events`, deliveries of webhooks). */
  EVENTS_KEEP_DAYS: z.coerce.number().positive().max(3650).default(30),
  /** Streams of events that are open at once: of one account, and of all in one process. */
  EVENT_STREAMS_PER_ACCOUNT: z.coerce.number().int().min(1).default(10),
  EVENT_STREAMS_MAX: z.coerce.number().int().min(1).default(1_000),
  /** Private and loopback addresses that webhooks may lead to; written as LIBP2P_DIAL_PRIVATE. Default: none. */
  WEBHOOKS_DIAL_PRIVATE: openedAddresses.optional(),
  /** A receiver that has not answered after this long has failed. */
  WEBHOOK_TIMEOUT_SECONDS: seconds.default(10),
  /** Waits between attempts at one delivery, in seconds; after the last of them it has failed. */
  WEBHOOK_RETRY_SECONDS: list
    .transform((items) => items.map(Number))
    .pipe(z.array(z.number().positive()).min(1).max(50))
    .default([10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 86_400]),

  RETRIEVAL_TIMEOUT_SECONDS: seconds.default(600),
  /** Per miner: no byte for this long and the next one is asked. */
  RETRIEVAL_IDLE_SECONDS: seconds.default(15),
  /**
   * Host (and port) at which pages of strangers are shown, each root as an origin of its own: `<cid>.ipfs.<host>`. Its
   * wildcard leads here. Empty: they are shown on this origin, in a sandbox.
   */
  GATEWAY_HOST: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9.-]+(:\d+)?$/)
    .optional(),
  /** How long a gateway request waits for the first verified byte of a cold CID. */
  GATEWAY_WAIT_SECONDS: seconds.default(60),
  /**
   * Blocks that one gateway request may read; every 128 bytes that it has sent allow it one more. 4 KiB of a large
   * block count as one.
   */
  GATEWAY_MAX_BLOCKS: z.coerce.number().int().min(100).default(500_000),
  /**
   * Bytes that all readers of the gateway together may have read ahead and waiting for their sockets. Beyond it they
   * are served in pieces of 64 KiB.
   */
  GATEWAY_READ_AHEAD_BYTES: bytes.default(48 * 1024 ** 2),
  /** Bytes of parsed inner nodes and directories that are kept for the next reader. */
  GATEWAY_NODE_CACHE_BYTES: bytes.default(64 * 1024 ** 2),
  /** Bytes that all exports of CARs together may use to remember what they have sent: 72 for a block. */
  GATEWAY_EXPORT_BYTES: bytes.default(128 * 1024 ** 2),
  /** A reader that takes nothing for so long is cut off. */
  GATEWAY_STALL_SECONDS: seconds.default(30),
  /** A reader that takes fewer bytes per second, over four times GATEWAY_STALL_SECONDS, is cut off. 0: no limit. */
  GATEWAY_MIN_BYTES_PER_SECOND: z.coerce.number().int().min(0).default(1_024),
});

export type Environment = z.output<typeof environmentSchema>;
