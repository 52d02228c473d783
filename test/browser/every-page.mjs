// Every page in both themes and two widths: the console says nothing, the page fits, and people with a screen reader or
// weak eyes can use it.
import { Visitor } from './visitor.mjs';

const WIDE = 1280;
const PHONE = 390;

const publicPages = ['/', '/verify', '/network', '/network/miners', '/status', '/sign-in', '/join'];
const ownPages = ['files', 'upload', 'pins', 'deals', 'usage', 'keys'].map((name) => `/app/${name}`);
const adminPages = ['', '/miners', '/deals', '/retrievals', '/users', '/storage', '/announcements'].map(
  (name) => `/app/admin${name}`,
);

/** Adds one check for each page. `world.content` is a content that a journey left. */
export async function everyPage(checks, { browser, platform, content }) {
  const light = await Visitor.come(browser, platform.url);
  const dark = await Visitor.come(browser, platform.url, { colorScheme: 'dark' });
  const visitors = [light, dark];
  const of = (path) => async () => {
    for (const visitor of visitors) {
      await visitor.page.setViewportSize({ width: WIDE, height: 900 });
      await visitor.open(path);
      await visitor.assertFits(WIDE);
      await visitor.assertAccessible();
      await visitor.assertFits(PHONE);
      visitor.assertQuiet();
    }
  };
  for (const path of [...publicPages, `/verify/${content?.cid}`])
    await checks.that(`${path} in both themes and widths`, of(path));
  for (const visitor of visitors) await visitor.signInByKey(platform.key);
  const [miner] = await (await fetch(`${platform.url}/public/miners`)).json();
  for (const path of [...ownPages, `/app/content/${content?.id}`, `/network/miners/${miner?.addr}`, ...adminPages])
    await checks.that(`${path} in both themes and widths`, of(path));
  for (const visitor of visitors) await visitor.leave();
}
