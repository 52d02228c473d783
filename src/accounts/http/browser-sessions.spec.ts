import { describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../../config/index.js';
import { BrowserSessions, csrfTokenOf } from './browser-sessions.js';

const request = (url: string, cookies: Record<string, string>, protocol = 'http'): FastifyRequest =>
  ({ url, routeOptions: { url }, cookies, protocol, headers: {} }) as unknown as FastifyRequest;

describe('the cookie of the page', () => {
  const sessions = new BrowserSessions(AppConfig.parse({}));
  const both = { tidewater_session: 'plain', '__Host-tidewater_session': 'secure' };

  it.each(['/pinning/pins', '/pinning/pins/:requestid', '/v2/pinning/batched-pins', '/pinning'])(
    'is not looked at by %s',
    (url) => {
      expect(sessions.tokenOf(request(url, both))).toBeNull();
    },
  );

  it('is looked at by all others, by the name that fits how we are reached', () => {
    expect(sessions.tokenOf(request('/viewer', both))).toBe('plain');
    expect(sessions.tokenOf(request('/viewer', both, 'https'))).toBe('secure');
    expect(sessions.tokenOf(request('/viewer', { tidewater_session: 'planted' }, 'https'))).toBeNull();
    expect(sessions.tokenOf(request('/viewer', {}))).toBeNull();
  });

  it('has a CSRF token that is its own, and tells nothing of it', () => {
    expect(csrfTokenOf('one')).toBe(csrfTokenOf('one'));
    expect(csrfTokenOf('one')).not.toBe(csrfTokenOf('other'));
    expect(csrfTokenOf('one')).toMatch(/^[\w-]{43}$/);
  });
});
