import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { AppConfig, ConfigError } from './app-config.js';
import { environmentSchema } from './config.schema.js';
import { renamedSettings } from './renamed-settings.js';

describe('the configuration', () => {
  it('an empty environment gives a whole configuration on embedded defaults', () => {
    const config = AppConfig.parse({});
    expect(config.values.PORT).toBe(3004);
    expect(config.values.DEALS_REPLICATION).toBe(6);
    expect(config.values.DEALS_MAX_PRICE).toBe(30_000_000_000n);
    expect(config.publicUrl).toBe('http://localhost:3004');
  });

  it('an empty value counts as absent', () => {
    expect(AppConfig.parse({ PORT: '', PUBLIC_URL: '' }).values.PORT).toBe(3004);
  });

  it('every bad setting is named at once, and no rejected value is shown', () => {
    const bad = { PORT: 'secret-port', DEALS_REPLICATION: '0', DEALS_MAX_PRICE: '-5secret', LOG_LEVEL: 'secret-level' };
    let thrown: unknown;
    try {
      AppConfig.parse(bad);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ConfigError);
    const text = (thrown as Error).message;
    for (const name of Object.keys(bad)) expect(text).toContain(name);
    expect(text).not.toContain('secret');
  });

  it('strangers may point inside only where an operator says so, wherever our own node listens', () => {
    const opened = (env: Record<string, string>) => [
      AppConfig.parse(env).dialPrivate,
      AppConfig.parse(env).minersDialPrivate,
    ];
    expect(opened({})).toEqual([[], []]);
    expect(opened({ LIBP2P_LISTEN: '/ip4/127.0.0.1/tcp/0' })).toEqual([[], []]);
    expect(opened({ LIBP2P_DIAL_PRIVATE: 'true' })).toEqual(['all', 'all']);
    expect(opened({ LIBP2P_DIAL_PRIVATE: '1', MINERS_DIAL_PRIVATE: 'false' })).toEqual(['all', []]);
    const list = '127.0.0.1:4001, 10.0.0.0/8,[FD00::]/8:1-65535';
    expect(opened({ LIBP2P_DIAL_PRIVATE: list })[0]).toEqual(['127.0.0.1:4001', '10.0.0.0/8', '[fd00::]/8:1-65535']);
    for (const bad of ['yes', 'localhost:22', '127.0.0.1:70000', '10.0.0.0/33', '::1', '127.1', '127.0.0.1:9-8'])
      expect(() => AppConfig.parse({ MINERS_DIAL_PRIVATE: bad })).toThrow(/MINERS_DIAL_PRIVATE/);
  });

  it('the IPFS node asks nobody else while it listens on loopback alone, unless told to', () => {
    const routing = (env: Record<string, string>) => AppConfig.parse(env).ipfsRouting;
    expect(routing({})).toEqual([]);
    expect(routing({ LIBP2P_LISTEN: '/ip4/0.0.0.0/tcp/4001' })).toEqual(['dht', 'delegated', 'gateway']);
    expect(routing({ LIBP2P_LISTEN: '/ip4/0.0.0.0/tcp/4001', IPFS_ROUTING: 'none' })).toEqual([]);
    expect(routing({ IPFS_ROUTING: 'lan, gateway' })).toEqual(['lan', 'gateway']);
    expect(() => routing({ IPFS_ROUTING: 'carrier-pigeon' })).toThrow(ConfigError);
    expect(() => routing({ TRUSTLESS_GATEWAY_URLS: 'ftp://gateway.example' })).toThrow(ConfigError);
  });

  it('the RPC address of a Kubo carries no credentials: they have a setting of their own', () => {
    expect(
      AppConfig.parse({ KUBO_RPC_URL: 'http://127.0.0.1:5001', KUBO_RPC_AUTH: 'bearer:secret' }).values.KUBO_RPC_URL,
    ).toBe('http://127.0.0.1:5001');
    for (const bad of [
      { KUBO_RPC_URL: 'http://user:secret@127.0.0.1:5001' },
      { KUBO_RPC_URL: 'file:///secret' },
      { KUBO_RPC_AUTH: 'secret' },
    ]) {
      expect(() => AppConfig.parse(bad)).toThrow(ConfigError);
      expect(() => AppConfig.parse(bad)).not.toThrow(/secret/);
    }
  });

  it('a name of the last release is taken for the new one, with a warning that tells it and no value', () => {
    const config = AppConfig.parse({ DEALS_PATIENCE_SECONDS: '4711' });
    expect(config.values.DEALS_STALL_TIMEOUT_SECONDS).toBe(4711);
    expect(config.warnings).toEqual([expect.stringMatching(/DEALS_PATIENCE_SECONDS.*DEALS_STALL_TIMEOUT_SECONDS/)]);
    expect(config.warnings[0]).not.toContain('4711');
    expect(AppConfig.parse({ DEALS_STALL_TIMEOUT_SECONDS: '5' }).warnings).toEqual([]);
  });

  it('the new name wins over the old one, which is still warned of', () => {
    const config = AppConfig.parse({ PIN_LOOKING: '7', PIN_SEARCH_CONCURRENCY: '9' });
    expect(config.values.PIN_SEARCH_CONCURRENCY).toBe(9);
    expect(config.warnings).toEqual([expect.stringContaining('Both are set')]);
    const empty = AppConfig.parse({ PIN_LOOKING: '7', PIN_SEARCH_CONCURRENCY: '' });
    expect(empty.values.PIN_SEARCH_CONCURRENCY).toBe(7);
    expect(AppConfig.parse({ PIN_LOOKING: '' }).warnings).toEqual([]);
  });

  it('a bad value under an old name is refused under the new one', () => {
    expect(() => AppConfig.parse({ PIN_LOOKING: 'many' })).toThrow(/PIN_SEARCH_CONCURRENCY/);
  });

  it('what took the place of an old name is a setting, and the old one is none', () => {
    const settings = Object.keys(environmentSchema.shape);
    for (const [old, name] of Object.entries(renamedSettings)) {
      expect(settings).toContain(name);
      expect(settings).not.toContain(old);
    }
  });

  it('.env.example names every setting, and no other', () => {
    const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
    const named = [...example.matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map((match) => match[1]);
    expect([...new Set(named)].sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });
});
