// Rings, one runner: unit (fakes only), integration (real engines), story (npm start's own stack), kubo (where a Kubo is to be had).
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      sourceMaps: 'inline',
      module: { type: 'es6' },
      jsc: {
        target: 'es2023',
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        keepClassNames: true,
      },
      exclude: [],
      swcrc: false,
    },
  ],
};
const base = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  setupFiles: ['reflect-metadata'],
};
export default {
  // For what hangs: a busy machine is slow, and no test here is about speed. Of all rings: a project's own is not read.
  testTimeout: 30_000,
  // Modules of a spec file stay in memory with their process (--experimental-vm-modules): it is replaced before it is full.
  workerIdleMemoryLimit: '1GB',
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/test/{unit,chaos}/**/*.spec.ts'],
    },
    {
      ...base,
      displayName: 'integration',
      testMatch: ['<rootDir>/src/**/*.int-spec.ts', '<rootDir>/test/integration/**/*.int-spec.ts'],
      globalSetup: '<rootDir>/test/support/database.setup.mjs',
      globalTeardown: '<rootDir>/test/support/database.teardown.mjs',
    },
    { ...base, displayName: 'kubo', testMatch: ['<rootDir>/test/interop/**/*.kubo-spec.ts'] },
    { ...base, displayName: 'story', testMatch: ['<rootDir>/test/stories/**/*.e2e-spec.ts'] },
  ],
};
