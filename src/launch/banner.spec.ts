import { describe, expect, it } from '@jest/globals';
import { banner } from './banner.js';

const facts = {
  url: 'http://here:1',
  loginUrl: 'http://here:1/login/once/abc',
  dataDir: '/data',
  keyFile: '/data/admin.key',
  devnet: true,
  tookMs: 4_321,
};

describe('the banner', () => {
  it('says where everything is, and never the key itself', () => {
    const text = banner(facts);
    for (const place of ['http://here:1/docs', 'http://here:1/ipfs/<cid>', '/data/admin.key', '4.3 s'])
      expect(text).toContain(place);
    expect(text).not.toContain('EST');
  });

  it('shows a link that logs the admin in, where there is one', () => {
    expect(banner(facts)).toContain('http://here:1/login/once/abc');
    expect(banner({ ...facts, loginUrl: null })).not.toContain('/login/once/');
  });

  it('says that the network is simulated, where it is', () => {
    expect(banner(facts)).toContain('simulated');
    expect(banner({ ...facts, devnet: false })).not.toContain('simulated');
  });
});
