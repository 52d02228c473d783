// What people do with the pages, one sentence each, in this order: each may use what the ones before left in `world`.
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { assert, until } from '../interop/kubo/checks.mjs';
import { call, fromGateway } from '../interop/kubo/platform-calls.mjs';
import { PATIENCE_MS, Visitor } from './visitor.mjs';

/** Six deals of the devnet take seconds on a quiet machine; a busy one gets its time. */
const DEALS_MS = 200_000;

async function strangerAtTheDoor({ browser, platform }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open('/');
  await visitor.page.getByRole('heading', { name: 'Right now' }).waitFor();
  visitor.assertQuiet();
  await visitor.open('/app/files');
  await visitor.page.getByRole('heading', { name: 'Sign in to see this page' }).waitFor();
  await visitor.leave();
}

/** What a terminal may have coloured. */
const colours = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

async function loginLink({ browser, platform }) {
  const path = await until(
    () =>
      platform
        .said()
        .replaceAll(colours, '')
        .match(/\/login\/once\/[\w-]+/)?.[0],
    PATIENCE_MS / 1000,
    'a link that npm start prints',
  );
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open(path);
  await visitor.page.getByRole('heading', { name: 'Files', exact: true }).waitFor();
  await visitor.page.getByRole('button', { name: 'admin' }).waitFor();
  await visitor.open('/app/pins');
  await visitor.page.getByRole('heading', { name: 'No pins here' }).waitFor();
  visitor.assertQuiet();
  await visitor.leave();
  const answer = await fetch(platform.url + path, { redirect: 'manual' });
  assert(answer.status === 403, `a second time it answers ${answer.status}`);
}

async function wrongKey({ browser, platform }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open('/sign-in');
  await visitor.page.getByLabel('API key').fill('EST00000000-0000-4000-8000-000000000000ARY');
  await visitor.page.getByRole('button', { name: 'Sign in with the key' }).click();
  await visitor.page.getByText('This key is unknown, revoked or expired.').waitFor();
  await visitor.leave();
}

async function upload(world) {
  const { browser, platform, bytes } = world;
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.signInByKey(platform.key);
  await visitor.page.getByRole('heading', { name: 'No files yet' }).waitFor();
  await visitor.open('/app/upload');
  await visitor.page
    .getByTestId('files')
    .setInputFiles({ name: 'holiday.bin', mimeType: 'application/octet-stream', buffer: bytes });
  await visitor.page.getByText('stored as').waitFor();
  await visitor.page.getByLabel(/^6 of 6 active/).waitFor({ timeout: DEALS_MS });
  await visitor.page.getByRole('link', { name: 'holiday.bin' }).click();
  await visitor.page.getByRole('heading', { name: 'holiday.bin' }).waitFor();
  await visitor.page.getByText('6 of 6 deals are active').waitFor();
  visitor.assertQuiet();
  const [content] = await call(platform, 'GET', '/content/contents');
  assert(content.name === 'holiday.bin' && content.size === bytes.length, JSON.stringify(content));
  world.content = content;
  await visitor.leave();
}

/** As large as the page sends by tus; `page.setInputFiles` takes folders only from a disk. */
const LARGE_BYTES = 9 * 1024 * 1024;

async function uploadLargeAndFolder({ browser, platform }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.signInByKey(platform.key);
  await visitor.open('/app/upload');
  const large = randomBytes(LARGE_BYTES);
  await visitor.page
    .getByTestId('files')
    .setInputFiles({ name: 'large.bin', mimeType: 'application/octet-stream', buffer: large });
  await visitor.page.getByText('stored as').waitFor();
  const folder = await mkdtemp(join(tmpdir(), 'tidewater-folder-'));
  try {
    await mkdir(join(folder, 'inner'));
    await writeFile(join(folder, 'one.txt'), 'the first');
    await writeFile(join(folder, 'inner', 'two.txt'), 'the second');
    await visitor.page.getByTestId('folder').setInputFiles(folder);
    await visitor.page.getByText('2 files, stored as').waitFor();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const contents = await call(platform, 'GET', '/content/contents');
  const { cid } = contents.find(({ name }) => name === 'large.bin');
  assert((await fromGateway(platform, cid)).equals(large), 'other bytes');
  const directory = contents.find(({ name }) => name === basename(folder));
  assert(directory !== undefined, `no content is named as the folder: ${contents.map(({ name }) => name).join(', ')}`);
  assert((await fromGateway(platform, `${directory.cid}/inner/two.txt`)).toString() === 'the second', 'another file');
  visitor.assertQuiet();
  await visitor.leave();
}

async function verify({ browser, platform, content }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open('/verify');
  await visitor.page.getByRole('textbox', { name: 'CID', exact: true }).fill(content.cid);
  await visitor.page.getByRole('button', { name: 'Verify' }).click();
  await visitor.page.waitForURL(`**/verify/${content.cid}`);
  await visitor.page.getByText('6 miners hold this, proven on chain').waitFor();
  visitor.assertQuiet();
  await visitor.leave();
}

async function keyboard({ browser, platform }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.open('/');
  await visitor.page.keyboard.press('?');
  await visitor.page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  await visitor.page.keyboard.press('Escape');
  await visitor.page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
  await visitor.page.keyboard.press('g');
  await visitor.page.keyboard.press('m');
  await visitor.page.waitForURL('**/network/miners');
  await visitor.page.locator('tbody tr').first().waitFor();
  await visitor.page.keyboard.press('/');
  await visitor.page.keyboard.type('f01234');
  await visitor.page.keyboard.press('Enter');
  await visitor.page.waitForURL('**/network/miners/f01234');
  await visitor.leave();
}

async function suspend({ browser, platform }) {
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.signInByKey(platform.key);
  await visitor.open('/app/admin/miners');
  const row = visitor.page
    .getByRole('row')
    .filter({ has: visitor.page.getByRole('button', { name: 'Suspend' }) })
    .first();
  const miner = (await row.locator('.mono').first().innerText()).trim();
  await row.getByRole('button', { name: 'Suspend' }).click();
  await visitor.page.getByLabel('Reason, shown to everybody').fill('answers too slowly');
  await visitor.page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  const suspended = visitor.page.getByRole('row').filter({ hasText: miner });
  await suspended.getByText('suspended: answers too slowly').waitFor();
  const told = await call(platform, 'GET', '/public/miners');
  assert(told.find(({ addr }) => addr === miner).suspended === true, 'the API does not say so');
  await suspended.getByRole('button', { name: 'Take back' }).click();
  await suspended.getByRole('button', { name: 'Suspend' }).waitFor();
  visitor.assertQuiet();
  await visitor.leave();
  return miner;
}

async function joinByInvite({ browser, platform }) {
  const operator = await Visitor.come(browser, platform.url);
  await operator.signInByKey(platform.key);
  await operator.open('/app/admin/users');
  await operator.page.getByRole('button', { name: 'Make an invite' }).click();
  const address = await operator.page.locator('code', { hasText: '/join?invite=' }).innerText();
  await operator.leave();
  const guest = await Visitor.come(browser, platform.url);
  await guest.page.goto(address);
  await guest.page.locator('input[name="username"]').fill('guest');
  await guest.page.locator('input[name="password"]').fill('a long enough pass phrase');
  await guest.page.getByRole('button', { name: 'Register' }).click();
  await guest.page.waitForURL('**/app/upload');
  await guest.open('/app/files');
  await guest.page.getByRole('heading', { name: 'No files yet' }).waitFor();
  await guest.open('/app/admin');
  await guest.page.getByRole('heading', { name: 'This page is for operators' }).waitFor();
  await guest.page.getByRole('button', { name: 'guest' }).click();
  await guest.page.getByRole('menuitem', { name: 'Sign out' }).click();
  await guest.page.getByRole('link', { name: 'Sign in' }).first().waitFor();
  guest.assertQuiet();
  await guest.leave();
}

async function remove({ browser, platform }) {
  const stored = await call(platform, 'PUT', '/content/add?filename=unwanted.txt', 'nobody wants this');
  const visitor = await Visitor.come(browser, platform.url);
  await visitor.signInByKey(platform.key);
  await visitor.page.getByRole('link', { name: 'unwanted.txt' }).click();
  await visitor.page.getByRole('button', { name: 'Delete' }).click();
  const dialog = visitor.page.getByRole('dialog', { name: 'Delete unwanted.txt' });
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await visitor.page.waitForURL('**/app/files');
  await until(
    async () => {
      const rows = await call(platform, 'GET', '/content/contents');
      return rows.every(({ id }) => id !== stored.estuaryId) ? true : undefined;
    },
    PATIENCE_MS / 1000,
    'the content to be gone',
  );
  await visitor.page.getByRole('link', { name: 'unwanted.txt' }).waitFor({ state: 'detached' });
  await visitor.leave();
}

export const journeys = [
  ['a stranger sees the public pages, and is asked to sign in for the others', strangerAtTheDoor],
  ['the link that npm start prints signs in, once', loginLink],
  ['a key that does not work is refused with words', wrongKey],
  ['an upload by the page is stored, and its six dots fill while one looks', upload],
  ['a large file goes by tus, and a folder becomes one directory with its paths', uploadLargeAndFolder],
  ['anybody verifies its CID and sees six miners', verify],
  ['the keyboard leads to pages, to the search and to its own help', keyboard],
  ['an operator suspends a miner with a reason, and takes it back', suspend],
  ['an invite makes an account by the page, which is no operator and can leave again', joinByInvite],
  ['a file is deleted after a question that names it', remove],
];
