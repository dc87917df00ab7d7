import { expect, it } from 'vitest';
import type { AdmitRequest, Assumed, RateWindows } from '#server/domain/usage/metering.ts';
import { admitRequest } from '#server/testing/metering-requests.ts';
import { createAssumptions } from './assumptions.ts';

const keyHash = Buffer.alloc(32, 1);
const ask = (more: Partial<AdmitRequest> = {}) => admitRequest({ keyId: 'key', keyHash }, more);
const windows = (requests: number, units: number): RateWindows => ({
  requests: { limit: 1_000, remaining: requests, resetMs: 0 },
  units: { limit: 1_000, remaining: units, resetMs: 0 },
});
const assumedOf = (request: AdmitRequest, workspaceId = 'workspace'): Assumed => ({
  verdict: 'assumed',
  workspaceId,
  request,
});
const plenty = { workspaceId: 'workspace', windows: windows(1_000, 1_000), places: 1_000 };

function clocked() {
  let nowMs = 0;
  const assumptions = createAssumptions(() => nowMs);
  return { ...assumptions, count: () => assumptions.underWay, pass: (ms: number) => (nowMs += ms) };
}

it('assumes of a request what was found of its like, for a minute', () => {
  const { begin, learn, pass } = clocked();
  expect(begin(ask())).toBeNull();
  learn(ask(), plenty);
  expect(begin(ask())).toBe('workspace');
  pass(59_999);
  expect(begin(ask())).toBe('workspace');
  pass(1);
  expect(begin(ask())).toBeNull();
  learn(ask(), plenty);
  expect(begin(ask())).toBe('workspace');
});

it.each<[string, Partial<AdmitRequest>]>([
  ['key', { keyId: 'other' }],
  ['secret', { keyHash: Buffer.alloc(32, 2) }],
  ['scope', { scope: 'images' }],
  ['model', { model: 'other' }],
  ['origin', { origin: 'https://app.example.com' }],
])('assumes nothing of another %s', (_, more) => {
  const { begin, learn } = clocked();
  learn(ask(), plenty);
  expect(begin(ask(more))).toBeNull();
  expect(begin(ask())).toBe('workspace');
});

it.each([
  ['places', { ...plenty, places: 24 }],
  ['requests', { ...plenty, windows: windows(24, 1_000) }],
  ['units', { ...plenty, windows: windows(1_000, 24) }],
])('lets no more run than an eighth of the %s that were left', (_, found) => {
  const { begin, end, learn, count, pass } = clocked();
  learn(ask(), found);
  const begun = [ask(), ask(), ask()];
  expect(begun.map(begin)).toEqual(['workspace', 'workspace', 'workspace']);
  expect(begin(ask())).toBeNull();
  expect(count()).toBe(3);
  end(assumedOf(begun[0] as AdmitRequest));
  // All of a key ask while more of it come.
  pass(999);
  expect(begin(ask())).toBeNull();
  pass(1);
  expect(begin(ask())).toBe('workspace');
  expect(begin(ask())).toBeNull();
});

it('lets one run where it is not known how many places there are', () => {
  const { begin, learn } = clocked();
  learn(ask(), { workspaceId: 'workspace', windows: windows(1_000, 1_000) });
  expect(begin(ask())).toBe('workspace');
  expect(begin(ask())).toBeNull();
});

it('counts what is under way of a key whose secret was replaced', () => {
  const { begin, learn, count } = clocked();
  learn(ask(), { ...plenty, places: 8 });
  begin(ask());
  const renewed = ask({ keyHash: Buffer.alloc(32, 2) });
  learn(renewed, { ...plenty, places: 8 });
  expect(begin(renewed)).toBeNull();
  expect(count()).toBe(1);
});

it('assumes nothing for ten seconds after a doubt', () => {
  const { begin, count, doubt, end, learn, pass } = clocked();
  const other = ask({ keyId: 'other' });
  learn(ask(), plenty);
  learn(other, plenty);
  const begun = ask();
  begin(begun);
  doubt('key');
  learn(ask(), plenty);
  expect(begin(ask())).toBeNull();
  expect(begin(other)).toBe('workspace');
  expect(count()).toBe(2);
  end(assumedOf(begun));
  pass(10_000);
  learn(ask(), plenty);
  expect(begin(ask())).toBe('workspace');
  expect(count()).toBe(2);
});

it('assumes nothing of anybody while the database is doubted', () => {
  const { begin, doubtAll, learn, pass } = clocked();
  learn(ask(), plenty);
  doubtAll();
  learn(ask(), plenty);
  expect(begin(ask())).toBeNull();
  pass(10_000);
  learn(ask(), plenty);
  expect(begin(ask())).toBe('workspace');
});

it('keeps no more keys than ten thousand', () => {
  const { begin, learn } = clocked();
  for (let i = 0; i < 10_000; i++) learn(ask({ keyId: `${i}` }), plenty);
  expect(begin(ask({ keyId: '0' }))).toBe('workspace');
  learn(ask({ keyId: 'one more' }), plenty);
  expect(begin(ask({ keyId: '0' }))).toBeNull();
  expect(begin(ask({ keyId: 'one more' }))).toBe('workspace');
});

it('lets requests of 64 workspaces run, and others once one of them is over', () => {
  const { begin, end, learn, pass } = clocked();
  const requests = Array.from({ length: 65 }, (_, i) => ask({ keyId: `${i}` }));
  requests.forEach((request, i) => learn(request, { ...plenty, workspaceId: `workspace ${i}` }));
  const begun = requests.map(begin);
  expect(begun.slice(0, 64)).toEqual(requests.slice(0, 64).map((_, i) => `workspace ${i}`));
  expect(begun[64]).toBeNull();
  expect(begin(requests[3] as AdmitRequest)).toBe('workspace 3');
  end(assumedOf(requests[0] as AdmitRequest, 'workspace 0'));
  pass(1_000);
  expect(begin(requests[64] as AdmitRequest)).toBe('workspace 64');
});

it('counts all keys of a workspace together', () => {
  const { begin, learn, pass } = clocked();
  const [one, other] = [ask(), ask({ keyId: 'other' })];
  for (const request of [one, other]) learn(request, { ...plenty, places: 16 });
  expect([one, other].map(begin)).toEqual(['workspace', 'workspace']);
  expect([one, other].map(begin)).toEqual([null, null]);
  pass(1_000);
  expect(begin(other)).toBeNull();
});
