import { describe, expect, it } from '@jest/globals';
import { loggable } from './request-hooks.js';

describe('the path in a log line', () => {
  it.each([
    ['/user/api-keys/EST0f0f0f0f-0000-4000-8000-000000000000ARY', '/user/api-keys/EST...ARY'],
    ['/login/once/c2VjcmV0', '/login/once/...'],
    ['/login/once/c2VjcmV0/more', '/login/once/...'],
    ['/admin/invite/spring-2026?x=1', '/admin/invite/...'],
    ['/login?password=x', '/login'],
    ['/admin/invites', '/admin/invites'],
    ['/content/5', '/content/5'],
  ])('of %s is %s: nothing that lets anybody in', (url, logged) => {
    expect(loggable(url)).toBe(logged);
  });
});
