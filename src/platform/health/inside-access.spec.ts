import { describe, expect, it } from '@jest/globals';
import { AppConfig } from '../../config/index.js';
import { InsideAccess } from './inside-access.js';

const TOKEN = 'a-token-of-the-operator';
const withToken = new InsideAccess(AppConfig.parse({ METRICS_TOKEN: TOKEN }));
const without = new InsideAccess(AppConfig.parse({}));

describe('who may see the inside', () => {
  it('is this machine', () => {
    for (const peer of ['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])
      expect(without.allows(peer, {})).toBe(true);
  });

  it('is nobody else, nor who comes through a proxy on this machine', () => {
    for (const peer of ['10.0.0.1', '203.0.113.7', '2001:db8::1', undefined, ''])
      expect(without.allows(peer, {})).toBe(false);
    for (const name of ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'])
      expect(without.allows('127.0.0.1', { [name]: '203.0.113.7' })).toBe(false);
  });

  it('is who has the token, from anywhere', () => {
    expect(withToken.allows('203.0.113.7', { authorization: `Bearer ${TOKEN}` })).toBe(true);
    expect(withToken.allows('203.0.113.7', { authorization: `bearer ${TOKEN}` })).toBe(true);
    for (const authorization of [
      undefined,
      'Bearer',
      `Bearer ${TOKEN}x`,
      `Basic ${TOKEN}`,
      'Bearer undefined',
      'Bearer null',
    ])
      expect([withToken, without].map((access) => access.allows('203.0.113.7', { authorization }))).toEqual([
        false,
        false,
      ]);
  });

  it('needs a token that cannot be guessed', () => {
    expect(() => AppConfig.parse({ METRICS_TOKEN: 'short' })).toThrow('METRICS_TOKEN');
  });
});
