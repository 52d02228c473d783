import { describe, expect, it } from '@jest/globals';
import { errorPage, isNavigation } from './error-page.js';

const asked = (headers: Record<string, string>, method = 'GET') => isNavigation({ method, headers });
const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('a failure in a browser', () => {
  it('is a page where somebody goes there, and JSON for programs and scripts', () => {
    expect(asked({ accept: BROWSER })).toBe(true);
    expect(asked({ accept: BROWSER, 'sec-fetch-mode': 'navigate' })).toBe(true);
    expect(asked({ accept: BROWSER, 'sec-fetch-mode': 'cors' })).toBe(false);
    expect(asked({ accept: BROWSER }, 'POST')).toBe(false);
    expect(asked({ accept: 'application/json, text/html' })).toBe(false);
    expect(asked({ accept: '*/*' })).toBe(false);
    expect(asked({})).toBe(false);
  });

  it('says the status, the code, the reason and when to come again, and what was sent is text and no markup', () => {
    const page = errorPage(
      { status: 503, reason: 'ERR_X', details: '<script>alert("1")</script>', retryAfterMs: 1_200, unexpected: false },
      'r-1',
    );
    expect(page).toContain('<h1>503 <code>ERR_X</code></h1>');
    expect(page).toContain('&#60;script&#62;');
    expect(page).not.toContain('<script');
    expect(page).toContain('in 2 seconds');
    expect(page).toContain('<code>r-1</code>');
  });
});
