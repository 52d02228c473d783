// The pages in a real Chromium, against the platform that `npm start` starts: what people do with them, and every page
// in both themes and two widths.
import { randomBytes } from 'node:crypto';
import { npmStart } from '../support/npm-start.mjs';
import { assert, Checks } from '../interop/kubo/checks.mjs';
import { chromiumBinary, openBrowser } from './chromium.mjs';
import { everyPage } from './every-page.mjs';
import { journeys } from './journeys.mjs';
import { Visitor } from './visitor.mjs';

/** All that the first page needs, as it travels. */
const FIRST_LOAD_BYTES = 250_000;

async function firstLoad(browser, platform) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open('/');
  const bytes = await visitor.page.evaluate(() =>
    [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
      .filter(({ name }) => /\/assets\/|\/$/.test(name))
      .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
  );
  await visitor.leave();
  assert(bytes > 10_000 && bytes < FIRST_LOAD_BYTES, `${bytes} bytes`);
  return `${Math.round(bytes / 1000)} kB`;
}

const executable = chromiumBinary();
if (executable === undefined) {
  const line = '!'.repeat(78);
  console.log(`${line}\n!! No Chromium here: the pages were not opened.\n${line}\n\n1 skipped\n0 passed, 0 failed`);
} else {
  const checks = new Checks();
  const open = [];
  try {
    const platform = await npmStart();
    open.push(() => platform.stop());
    const { browser, close } = await openBrowser(executable);
    open.push(close);
    console.log(`Chromium ${browser.version()}\n`);
    await checks.that('the first page and all it needs are less than 250 kB', () => firstLoad(browser, platform));
    const world = { browser, platform, bytes: randomBytes(300_000) };
    for (const [sentence, walk] of journeys) await checks.that(sentence, () => walk(world), 240);
    await everyPage(checks, world);
  } catch (error) {
    checks.note('FAIL', 'the set-up', performance.now(), error.stack);
  }
  for (const close of open.reverse()) await close();
  console.log(`\n${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed === 0 ? 0 : 1;
}
