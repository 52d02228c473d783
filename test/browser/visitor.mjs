// One visitor: a browser context of its own, whose faults are collected while it walks the pages.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { assert } from '../interop/kubo/checks.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Slow machines are slow: what waits for a condition waits this long before it is a failure. */
export const PATIENCE_MS = 60_000;

export class Visitor {
  /** What the console said that is a fault, with the page that it was said on. */
  faults = [];

  static async come(browser, url, { colorScheme = 'light', width = 1280 } = {}) {
    const visitor = new Visitor();
    visitor.url = url;
    visitor.context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    visitor.context.setDefaultTimeout(PATIENCE_MS);
    visitor.page = await visitor.context.newPage();
    const note = (text) => visitor.faults.push(`${new URL(visitor.page.url()).pathname}: ${text}`);
    visitor.page.on('pageerror', (error) => note(error.message));
    visitor.page.on('console', (message) => message.type() === 'error' && note(message.text()));
    return visitor;
  }

  /** Opens a page and waits until it has what it asked for. */
  async open(path) {
    await this.page.goto(this.url + path);
    await this.settled();
  }

  /** Its heading stands there, and nothing is still being read. */
  async settled() {
    await this.page.locator('main h1').first().waitFor();
    await this.page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null);
  }

  /** By an API key pasted into the page. */
  async signInByKey(key) {
    await this.open('/sign-in');
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in with the key' }).click();
    await this.page.waitForURL('**/app/files');
    await this.settled();
  }

  /** @throws when the page is wider than the window */
  async assertFits(width) {
    await this.page.setViewportSize({ width, height: 900 });
    const over = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert(over <= 0, `${this.page.url()} is ${over} px wider than a window of ${width} px`);
  }

  /** @throws naming what a person with a screen reader, or weak eyes, could not use */
  async assertAccessible() {
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run({ resultTypes: ['violations'] }));
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    const say = ({ id, nodes }) =>
      `${id}: ${nodes
        .slice(0, 3)
        .map(({ html, any }) => `${html.slice(0, 160)} ${any[0]?.message ?? ''}`)
        .join(' | ')}`;
    assert(grave.length === 0, `${this.page.url()}: ${grave.map(say).join('; ')}`);
  }

  /** @throws with what the console said since the last time */
  assertQuiet() {
    const said = this.faults.splice(0);
    assert(said.length === 0, said.join('\n'));
  }

  async leave() {
    await this.context.close();
  }
}
