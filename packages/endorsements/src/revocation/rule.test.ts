/** Which lists of an authority date an appraisal, which revoke besides, and which are held. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { combineLists, type DatedList, listsToHold, maximumLists } from './rule.ts';

const day = 86_400_000;
const at = new Date(1000 * day);

function list(issued: number, nextUpdate: number, ...revoked: string[]): DatedList {
  return {
    der: Buffer.of(issued, nextUpdate),
    thisUpdate: issued * day,
    nextUpdate: nextUpdate * day,
    revoked: new Set(revoked),
  };
}

const combined = (...lists: readonly DatedList[]) => combineLists(lists, at);

test('the newest list dates, and older ones revoke what it does not', () => {
  const [emergency, lastMonth] = [list(990, 1001, 'ask'), list(970, 1060, 'old')];
  assert.deepEqual(combined(lastMonth, emergency), { dating: emergency, further: [lastMonth] });
});

test('an older list that is still in force does not date again once the newest has expired', () => {
  const [emergency, lastMonth] = [list(990, 992, 'ask'), list(970, 1060)];
  assert.deepEqual(combined(lastMonth, emergency), { dating: emergency, further: [] });
});

test('a list of the future revokes and does not date, unless there is no other', () => {
  const [future, present] = [list(1001, 1031, 'ask'), list(999, 1029)];
  assert.deepEqual(combined(future, present), { dating: present, further: [future] });
  assert.deepEqual(combined(future), { dating: future, further: [] });
  assert.equal(combined(), undefined);
});

test('of lists of the same date the one that is due later dates, of equal ones the first', () => {
  const [short, long, again] = [list(990, 1001), list(990, 1020), list(990, 1020)];
  assert.equal(combined(short, long, again)?.dating, long);
});

test('what adds nothing is not held, and of much that adds something the newest is', () => {
  const same = Array.from({ length: 100 }, (_, age) => list(900 - age, 1500, 'a'));
  assert.deepEqual(listsToHold([...same, list(950, 980, 'a')], at), [list(950, 980, 'a')]);
  const many = Array.from({ length: 100 }, (_, age) => list(950 - age, 1500, String(age)));
  assert.deepEqual(listsToHold(many.toReversed(), at), many.slice(0, maximumLists));
});

test('old lists that are larger than allowed together are not held', () => {
  const large = (issued: number): DatedList => ({ ...list(issued, 1500, String(issued)), der: Buffer.alloc(2 ** 21) });
  const lists = [950, 949, 948, 947, 946].map(large);
  assert.deepEqual(listsToHold(lists, at), lists.slice(0, 3));
});
