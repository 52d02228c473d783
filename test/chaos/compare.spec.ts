import { beforeEach, describe, expect, it } from '@jest/globals';
import { compare } from './compare.js';
import { Model, type AccountView, type ListedContent, type ListedPin, type Observed } from './model.js';
import type { Account } from './plan.js';

const ROOT = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const OTHER = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';

let model: Model;
let contents: Record<Account, ListedContent[]>;
let pins: Record<Account, ListedPin[]>;
beforeEach(() => {
  model = new Model();
  contents = { ann: [], bob: [], cid: [] };
  pins = { ann: [], bob: [], cid: [] };
});

const viewOf = (account: Account, usage: Partial<AccountView['usage']> = {}): AccountView => ({
  contents: contents[account],
  pins: pins[account],
  usage: {
    bytes: contents[account].reduce((sum, { size }) => sum + size, 0),
    contents: contents[account].length,
    pins: pins[account].length,
    ...usage,
  },
  bytesQuota: account === 'bob' ? 1_000 : null,
});
const seen = (usage: Partial<AccountView['usage']> = {}): Observed => ({
  ann: viewOf('ann', usage),
  bob: viewOf('bob'),
  cid: viewOf('cid'),
});
const kinds = (at: 'round' | 'settled' | 'final' = 'round', round = 1, observed = seen()) =>
  compare(model, observed, { round, at }).map(({ kind }) => kind);

/** Uploaded, acknowledged, and listed by the platform. */
function stored(
  name: string,
  { by = 'ann', size = 10, cid = ROOT }: { by?: Account; size?: number; cid?: string } = {},
) {
  const content = model.sendUpload(name, by, { seed: name, size });
  Object.assign(content, { state: 'stored', cid, id: model.contents.size });
  contents[by].push({ id: model.contents.size, name, cid, size, state: 'stored', pinRequestId: null });
  return content;
}

function accepted(name: string, status: string, replaces: string | null = null) {
  const pin = model.sendPin({ name, by: 'ann', cid: ROOT, recipe: null, of: 'peer', replaces });
  model.pinAccepted(pin, `request-${name}`);
  pins.ann.push({ requestId: `request-${name}`, name, cid: ROOT, status });
  return pin;
}
const contentOfPin = (name: string, id = 900) =>
  contents.ann.push({ id, name, cid: ROOT, size: 10, state: 'stored', pinRequestId: `request-${name}` });

describe('the comparison of model and platform', () => {
  it('finds nothing where everything is as it should be', () => {
    stored('one');
    stored('two', { by: 'bob' });
    accepted('pin', 'pinned');
    contentOfPin('pin');
    expect(kinds('final')).toEqual([]);
  });

  it('sees a planted loss', () => {
    stored('one');
    stored('two');
    contents.ann.splice(0, 1);
    expect(kinds()).toEqual(['lost']);
  });

  it('sees a planted duplicate', () => {
    stored('one');
    contents.ann.push({ ...(contents.ann[0] as ListedContent), id: 77 });
    expect(kinds()).toEqual(['duplicate']);
  });

  it('sees what was deleted and is back, and what was refused and is there', () => {
    stored('gone').state = 'deleted';
    stored('refused').state = 'never';
    expect(kinds()).toEqual(['revived', 'unexpected']);
  });

  it('sees what nobody uploaded, or another account', () => {
    stored('one');
    contents.cid.push({ ...(contents.ann.pop() as ListedContent) });
    expect(kinds()).toEqual(['lost', 'unexpected']);
    expect(kinds('round', 1, seen({}))).toHaveLength(2);
  });

  it('sees another size, and another CID', () => {
    stored('one');
    stored('two');
    Object.assign(contents.ann[0] as ListedContent, { size: 11 });
    Object.assign(contents.ann[1] as ListedContent, { cid: OTHER });
    expect(kinds()).toEqual(['wrong-size', 'wrong-cid']);
  });

  it('sees figures that are not what is listed, and a quota that is passed', () => {
    stored('one');
    expect(kinds('round', 1, seen({ bytes: 11, pins: 1 }))).toEqual(['wrong-count', 'wrong-count']);
    stored('large', { by: 'bob', size: 1_001 });
    expect(kinds()).toEqual(['over-quota']);
  });
});

describe('what had no answer', () => {
  it('counts from the moment in which it is seen', () => {
    stored('one').state = 'sent';
    expect(kinds()).toEqual([]);
    contents.ann = [];
    expect(kinds()).toEqual(['lost']);
  });

  it('may come to be for a round, and never after it', () => {
    const content = stored('one');
    content.state = 'sent';
    const [listed] = contents.ann.splice(0);
    expect(kinds('round', 1)).toEqual([]);
    expect(kinds('round', 1)).toEqual([]);
    expect(content.state).toBe('sent');
    expect(kinds('round', 2)).toEqual([]);
    expect(content.state).toBe('never');
    contents.ann.push(listed as ListedContent);
    expect(kinds('round', 3)).toEqual(['unexpected']);
  });

  it('is a deletion that happened, or did not and is owed again', () => {
    const [done, undone] = [stored('one'), stored('two')];
    done.state = undone.state = 'deleting';
    contents.ann.splice(0, 1);
    expect(kinds()).toEqual([]);
    expect([done.state, undone.state]).toEqual(['deleted', 'stored']);
  });
});

describe('pins', () => {
  it('that are gone, back, double or nobody asked for are seen', () => {
    accepted('gone', 'queued');
    accepted('back', 'queued').state = 'removed';
    accepted('double', 'queued');
    pins.ann.push({ ...(pins.ann[2] as ListedPin) }, { requestId: 'x', name: 'stranger', cid: ROOT, status: 'queued' });
    pins.ann.splice(0, 1);
    expect(kinds().sort()).toEqual(['duplicate', 'lost-pin', 'revived-pin', 'unexpected']);
  });

  it('have a content when they are pinned, one, and none when they have failed', () => {
    accepted('empty', 'pinned');
    accepted('twice', 'pinned');
    contentOfPin('twice', 1);
    contentOfPin('twice', 2);
    accepted('failed', 'failed');
    contentOfPin('failed', 3);
    expect(kinds('settled').sort()).toEqual(['duplicate', 'lost', 'unexpected']);
  });

  it('end, some of them minutes later', () => {
    accepted('endless', 'queued');
    expect(kinds('settled')).toEqual([]);
    expect(kinds('final')).toEqual(['endless-pin']);
  });

  it('give way to the one that takes their place, also when that had no answer', () => {
    const old = accepted('old', 'pinned');
    const fresh = model.sendPin({ name: 'new', by: 'ann', cid: OTHER, recipe: null, of: 'peer', replaces: 'old' });
    pins.ann = [{ requestId: 'request-new', name: 'new', cid: OTHER, status: 'queued' }];
    expect(kinds()).toEqual([]);
    expect([old.state, fresh.state, fresh.requestId]).toEqual(['removed', 'accepted', 'request-new']);
    pins.ann.push({ requestId: 'request-old', name: 'old', cid: ROOT, status: 'pinned' });
    expect(kinds()).toContain('revived-pin');
  });

  it('leave no content behind when they are removed; one that was replaced may keep it for a while', () => {
    accepted('removed', 'pinned').state = 'removed';
    contentOfPin('removed');
    pins.ann = [];
    expect(kinds('round')).toEqual([]);
    expect(kinds('settled')).toEqual(['revived']);
    accepted('next', 'queued', 'removed');
    expect(kinds('settled')).toEqual([]);
  });
});

describe('the model', () => {
  it('owes what is stored, and knows what may still be held', () => {
    const content = stored('one');
    expect([model.isOwed(ROOT), model.mayBeHeld(ROOT)]).toEqual([true, true]);
    content.state = 'deleted';
    expect([model.isOwed(ROOT), model.mayBeHeld(ROOT)]).toEqual([false, false]);
    model.sendUpload('under way', 'bob', { seed: 'x', size: 1 });
    expect(model.mayBeHeld(ROOT)).toBe(true);
  });

  it('hands out what was reported once', () => {
    model.report('wrong-bytes', 'x');
    expect([model.takeFound(), model.takeFound()]).toEqual([[{ kind: 'wrong-bytes', detail: 'x' }], []]);
  });
});
