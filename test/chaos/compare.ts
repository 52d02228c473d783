import type { AccountView, Difference, ExpectedContent, ExpectedPin, ListedContent, Model, Observed } from './model.js';
import { ACCOUNTS, type Account } from './plan.js';

export interface Comparison {
  round: number;
  /**
   * `round`: things may be under way. `settled`: they had time to end; what was removed is gone. `final`: also pins that
   * are tried again minutes later have ended.
   */
  at: 'round' | 'settled' | 'final';
}

/**
 * Everything in which the platform is not what the model says. Uploads, deletions and pins without an answer are
 * decided by what is seen, and count from then on.
 */
export function compare(model: Model, observed: Observed, { round, at }: Comparison): Difference[] {
  const differences: Difference[] = [];
  for (const account of ACCOUNTS) {
    const view = observed[account];
    differences.push(...contentDifferences(model, account, view, round));
    differences.push(...pinDifferences(model, account, view, { round, at }));
    differences.push(...pinnedContentDifferences(model, account, view, at !== 'round'));
    differences.push(...countDifferences(account, view));
  }
  return differences;
}

function contentDifferences(model: Model, account: Account, { contents }: AccountView, round: number): Difference[] {
  const differences: Difference[] = [];
  const uploads = contents.filter(({ pinRequestId }) => pinRequestId === null);
  const byName = Map.groupBy(uploads, ({ name }) => name);
  for (const [name, listed] of byName) {
    const expected = model.contents.get(name);
    if (listed.length > 1)
      differences.push({ kind: 'duplicate', detail: `${account} has ${name} ${listed.length} times` });
    if (!expected || expected.by !== account)
      differences.push({ kind: 'unexpected', detail: `${account} has ${name}, which was never uploaded there` });
  }
  for (const expected of model.contents.values()) {
    if (expected.by !== account) continue;
    const difference = contentDifference(expected, byName.get(expected.name)?.[0], round);
    if (difference) differences.push(difference);
  }
  return differences;
}

function contentDifference(
  expected: ExpectedContent,
  listed: ListedContent | undefined,
  round: number,
): Difference | null {
  const { name, state } = expected;
  if (!listed) {
    if (state === 'deleting') expected.state = 'deleted';
    if (state === 'sent' && isMissedAgain(expected, round)) expected.state = 'never';
    return state === 'stored'
      ? { kind: 'lost', detail: `${name} (${expected.cid}) was acknowledged and is gone` }
      : null;
  }
  if (state === 'deleted') return { kind: 'revived', detail: `${name} (${listed.cid}) was deleted and is back` };
  if (state === 'never') return { kind: 'unexpected', detail: `${name} (${listed.cid}) is there and was refused` };
  if (listed.size !== expected.recipe.size)
    return { kind: 'wrong-size', detail: `${name} has ${listed.size} bytes in place of ${expected.recipe.size}` };
  if (expected.cid !== null && expected.cid !== listed.cid)
    return { kind: 'wrong-cid', detail: `${name} is ${listed.cid} in place of ${expected.cid}` };
  // A deletion without an answer that did not happen: it is owed again.
  expected.state = 'stored';
  expected.id = listed.id;
  expected.cid = listed.cid;
  return null;
}

/** What has no answer may still come to be for a while: it never was when it is missing in a later round, too. */
function isMissedAgain(expected: { missedIn: number | null }, round: number): boolean {
  expected.missedIn ??= round;
  return round > expected.missedIn;
}

function pinDifferences(
  model: Model,
  account: Account,
  { pins }: AccountView,
  { round, at }: Comparison,
): Difference[] {
  const differences: Difference[] = [];
  const byName = Map.groupBy(pins, ({ name }) => name);
  for (const [name, listed] of byName) {
    if (listed.length > 1)
      differences.push({ kind: 'duplicate', detail: `${account} has the pin ${name} ${listed.length} times` });
    const expected = model.pins.get(name);
    if (!expected || expected.by !== account)
      differences.push({ kind: 'unexpected', detail: `${account} has the pin ${name}, which was never asked for` });
  }
  const mine = [...model.pins.values()].filter(({ by }) => by === account);
  // First those that take the place of others: they decide what became of these.
  for (const pin of mine.reverse()) {
    const listed = byName.get(pin.name)?.[0];
    if (listed && pin.state === 'sent') model.pinAccepted(pin, listed.requestId);
    const difference = listed ? listedPinDifference(pin, listed.status, at) : missingPinDifference(pin, round);
    if (difference) differences.push(difference);
  }
  return differences;
}

function missingPinDifference(pin: ExpectedPin, round: number): Difference | null {
  const { name, state } = pin;
  if (state === 'removing') pin.state = 'removed';
  if (state === 'sent' && isMissedAgain(pin, round)) pin.state = 'never';
  return state === 'accepted' ? { kind: 'lost-pin', detail: `the pin ${name} was accepted and is gone` } : null;
}

function listedPinDifference(pin: ExpectedPin, status: string, at: Comparison['at']): Difference | null {
  const { name, of, state } = pin;
  if (state === 'removed')
    return { kind: 'revived-pin', detail: `the pin ${name} was removed and is back (${status})` };
  if (state === 'never') return { kind: 'unexpected', detail: `the pin ${name} was refused and is there (${status})` };
  pin.state = 'accepted';
  if (at === 'final' && status !== 'pinned' && status !== 'failed')
    return { kind: 'endless-pin', detail: `the pin ${name} of what ${of} has is still ${status}` };
  if (of === 'nobody' && status === 'pinned')
    return { kind: 'wrong-pin', detail: `the pin ${name} is pinned, and nobody has its bytes` };
  return null;
}

function pinnedContentDifferences(
  model: Model,
  account: Account,
  { contents, pins }: AccountView,
  settled: boolean,
): Difference[] {
  const differences: Difference[] = [];
  const byRequest = Map.groupBy(
    contents.filter(({ pinRequestId }) => pinRequestId !== null),
    ({ pinRequestId }) => pinRequestId,
  );
  for (const [requestId, listed] of byRequest) {
    if (listed.length > 1)
      differences.push({ kind: 'duplicate', detail: `the pin ${requestId} has ${listed.length} contents` });
    const expected = [...model.pins.values()].find((pin) => pin.requestId === requestId);
    // One that was replaced keeps its content until the pin in its place is pinned.
    const replaced = [...model.pins.values()].some((pin) => pin.replaces !== null && pin.replaces === expected?.name);
    if (settled && expected?.state === 'removed' && !replaced)
      differences.push({ kind: 'revived', detail: `the pin ${expected.name} was removed and its content is there` });
  }
  for (const { requestId, name, status } of pins) {
    if (status === 'pinned' && !byRequest.has(requestId))
      differences.push({ kind: 'lost', detail: `${account}'s pin ${name} is pinned and has no content` });
    if (settled && status === 'failed' && byRequest.has(requestId))
      differences.push({ kind: 'unexpected', detail: `${account}'s pin ${name} has failed and has a content` });
  }
  return differences;
}

function countDifferences(account: Account, { contents, pins, usage, bytesQuota }: AccountView): Difference[] {
  const differences: Difference[] = [];
  const bytes = contents.reduce((sum, { size }) => sum + size, 0);
  const counted = { bytes, contents: contents.length, pins: pins.length };
  for (const what of ['bytes', 'contents', 'pins'] as const)
    if (usage[what] !== counted[what])
      differences.push({ kind: 'wrong-count', detail: `${account}: ${what} ${usage[what]}, listed ${counted[what]}` });
  if (bytesQuota !== null && bytes > bytesQuota)
    differences.push({ kind: 'over-quota', detail: `${account} has ${bytes} bytes of ${bytesQuota}` });
  return differences;
}
