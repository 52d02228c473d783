// The arrows of docs/architecture.md, executed. An arrow means "may import the door (index.ts) of".
const mayUse = {
  accounts: [],
  chain: ['accounts'],
  storage: [],
  content: ['accounts', 'storage'],
  network: ['content', 'storage', 'accounts'],
  pinning: ['network', 'content', 'storage', 'accounts'],
  miners: ['chain', 'accounts'],
  deals: ['storage', 'content', 'pinning', 'miners', 'chain', 'accounts'],
  retrieval: ['storage', 'content', 'pinning', 'deals', 'miners', 'chain', 'accounts'],
  gateway: ['storage', 'content', 'retrieval', 'accounts'],
  events: ['accounts', 'storage', 'content', 'network', 'pinning', 'deals', 'retrieval'],
  stats: ['accounts', 'storage', 'content', 'network', 'pinning', 'miners', 'deals', 'chain', 'retrieval', 'gateway'],
  dashboard: [],
};
const rooms = Object.keys(mayUse);
const anyRoom = `^src/(${rooms.join('|')})/`;
// pinning is laid out by what happens to a pin (api, requests, scheduler, fetch): its pure files are named one by one.
const pureFiles =
  '^src/pinning/(pin|pinning\\.(errors|events)|scheduler/(fair-share|transfer-slots|retry-policy))\\.ts$';
/** Where the database may be used: folders store/, and files that say so by their suffix. */
const storeFiles = ['^src/[^/]+/store/', '\\.(store|sql)\\.ts$'];
const testFile = '\\.(spec|int-spec|contract|fake|builder)\\.ts$|/testing/';
const generated = '^src/platform/prisma/generated/';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule(
      'no-circles',
      'Two files that need each other are one file, or lack a third. Types count.',
      { pathNot: generated },
      { circular: true },
    ),
    rule(
      'door-only',
      'A room is entered through its index.ts.',
      { path: '^src/([^/]+)/', pathNot: testFile },
      { path: `${anyRoom}.+`, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$'] },
    ),
    rule(
      'door-only-for-tests',
      'Tests may also use what other rooms lend to tests, in testing/.',
      { path: `^src/([^/]+)/.*(${testFile})` },
      { path: `${anyRoom}.+`, pathNot: ['^src/$1/', '^src/[^/]+/index\\.ts$', '^src/[^/]+/testing/'] },
    ),
    rule(
      'door-only-of-platform',
      'Each part of the platform is entered through its index.ts.',
      { path: '^src/', pathNot: ['^src/platform/', testFile] },
      { path: '^src/platform/.+/', pathNot: ['^src/platform/[^/]+/index\\.ts$', '^src/platform/[^/]+/testing/'] },
    ),
    ...rooms.map((room) =>
      rule(
        `arrows-of-${room}`,
        `${room} may use ${mayUse[room].join(', ') || 'no other room'}; a need that points backwards becomes a port.`,
        { path: `^src/${room}/`, pathNot: testFile },
        { path: anyRoom, pathNot: `^src/(${[room, ...mayUse[room]].join('|')})/` },
      ),
    ),
    rule(
      'rooms-know-no-adapter',
      'Rooms own ports; app.module.ts binds the adapters.',
      { path: anyRoom, pathNot: testFile },
      { path: '^src/adapters/' },
    ),
    rule(
      'adapters-know-no-adapter',
      'Each adapter knows one client.',
      { path: '^src/adapters/([^/]+)/', pathNot: testFile },
      { path: '^src/adapters/', pathNot: '^src/adapters/$1/' },
    ),
    rule(
      'ground-knows-no-room',
      'shared, config and platform carry the rooms and know none of them, nor ipld.',
      { path: '^src/(platform|shared|config)/', pathNot: testFile },
      { path: [anyRoom, '^src/(adapters|devnet|launch|demo|ipld)/'] },
    ),
    rule(
      'shared-stands-alone',
      'shared imports nothing of ours, and no framework.',
      { path: '^src/shared/', pathNot: testFile },
      { path: ['^src/(?!shared/)', 'node_modules/@nestjs/', 'node_modules/@prisma/'] },
    ),
    rule(
      'ipld-is-pure',
      'ipld is what the formats say and nothing else: libraries of IPLD (cborg is the one that @ipld/dag-cbor stands on), of hashes, and shared.',
      { path: '^src/ipld/', pathNot: testFile },
      {
        path: '.',
        pathNot: [
          '^src/(ipld|shared)/',
          'node_modules/(multiformats|@ipld/[^/]+|cborg|ipfs-unixfs|@noble/hashes|uint8-varint)/',
          '^(node:)?crypto$',
        ],
      },
    ),
    rule(
      'door-only-of-ipld',
      'ipld is entered through its index.ts, as a room is.',
      { path: '^src/', pathNot: '^src/ipld/' },
      { path: '^src/ipld/', pathNot: '^src/ipld/index\\.ts$' },
    ),
    rule(
      'domain-is-pure',
      'What is in domain/, and what is pure in rooms laid out by subject, can be tested with nothing but itself.',
      { path: [`${anyRoom}domain/`, pureFiles], pathNot: testFile },
      {
        path: [
          'node_modules/(@nestjs|@prisma|pg|bullmq|fastify|undici|lmdb|ws|pino|passport)(/|-)',
          '^(node:)?(fs|fs/promises|http|https|net|child_process|worker_threads)$',
          '^src/platform/(?!outbox/index\\.ts$)',
          '^src/config/',
          '^src/[^/]+/(verbs|store|http|jobs|api)/',
          '\\.(store|sql|controller|dto|presenter|guard|processor|queue|subscriptions|module)\\.ts$',
        ],
      },
    ),
    rule(
      'verbs-know-no-http',
      'A verb is called by controllers and processors; it knows neither. In pinning everything but api/ is verbs and stores.',
      { path: [`${anyRoom}(verbs|ports|store)/`, '^src/pinning/(requests|scheduler|fetch)/'], pathNot: testFile },
      { path: ['^src/[^/]+/(http|jobs)/.*\\.(controller|processor|presenter|dto)\\.ts$', '^src/[^/]+/api/'] },
    ),
    rule(
      'database-only-in-store',
      'Prisma and SQL live in the platform, in store/, and in files named *.store.ts and *.sql.ts.',
      { path: '^src/', pathNot: [...storeFiles, '^src/(platform|launch)/', testFile] },
      { path: 'node_modules/(@prisma/|prisma/|pg/|pg-)' },
    ),
    rule(
      'driver-only-in-the-seam',
      "Rooms speak to PostgreSQL by platform/prisma; only the platform's own connections and the launcher use the driver.",
      { path: '^src/', pathNot: ['^src/platform/(prisma|queue|notifications)/', '^src/launch/', testFile] },
      { path: 'node_modules/(pg|pg-[^/]+|@types/pg)/' },
    ),
    rule(
      'transactions-are-opaque',
      'Outside store/, *.store.ts and *.sql.ts a transaction is a handle to hand on: `import type { Tx }`.',
      {
        path: '^src/',
        pathNot: [...storeFiles, '^src/(platform|launch)/', '\\.module\\.ts$', '^src/[^/]+\\.ts$', testFile],
      },
      { path: '^src/platform/prisma/', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'queue-library-only-in-platform',
      'Rooms speak to platform/queue.',
      { path: '^src/', pathNot: ['^src/platform/', '^src/app\\.module\\.ts$', testFile] },
      { path: 'node_modules/(bullmq|@nestjs/bullmq)/' },
    ),
    rule(
      'pages-are-outside',
      'The web client runs in a browser: it knows the API, not our code.',
      { path: '^src/dashboard/ui/' },
      { path: '^(src/(?!dashboard/ui/)|test/)' },
    ),
    rule(
      'pages-are-served-not-imported',
      'The web client is built by Vite; nothing that runs on Node imports it.',
      { path: '^src/', pathNot: '^src/dashboard/ui/' },
      { path: '^src/dashboard/ui/' },
    ),
    rule(
      'devnet-is-outside',
      'The devnet is reached as the real network is: over the wire.',
      { path: '^src/', pathNot: ['^src/devnet/', testFile] },
      { path: '^src/devnet/' },
    ),
    rule(
      'devnet-knows-nothing',
      'The devnet uses shared and npm packages only.',
      { path: '^src/devnet/', pathNot: testFile },
      { path: '^src/', pathNot: '^src/(devnet|shared)/' },
    ),
    rule(
      'launcher-is-outside',
      'The launcher starts processes; nobody imports it, and it imports no room.',
      { path: '^src/', pathNot: '^src/launch/' },
      { path: '^src/launch/' },
    ),
    rule(
      'launcher-knows-no-room',
      'The launcher knows configuration, not the house.',
      { path: '^src/(launch|demo|client)/' },
      { path: '^src/', pathNot: ['^src/(launch|demo|client|config|shared)/'] },
    ),
    rule(
      'no-testing-in-production',
      'Fakes and builders are for tests, and so is what all tests share in test/support.',
      { path: '^src/', pathNot: testFile },
      { path: [testFile, '^test/'] },
    ),
    rule(
      'no-development-packages',
      'Production code uses dependencies, not devDependencies.',
      { path: '^src/', pathNot: testFile },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'] },
    ),
    rule(
      'all-imports-resolve',
      'An import that cannot be found cannot be checked either.',
      { path: '^src/', pathNot: generated },
      { couldNotResolve: true },
    ),
  ],
  options: {
    doNotFollow: { path: ['node_modules', generated] },
    exclude: { path: '^dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'module-sync', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
    cache: { folder: 'node_modules/.cache/dependency-cruiser', strategy: 'content' },
  },
};
