import { describe, expect, it } from 'vitest';
import { planOf } from '#server/domain/billing/schema.ts';
import { changesOf, newKeyForm, readKeyForm } from './key-form.ts';

const plan = planOf('free');

describe('the fields of a key', () => {
  it('left empty are the plan’s limits and no restriction', () => {
    expect(readKeyForm(newKeyForm, plan)).toEqual({
      controls: {
        scopes: ['sentiment', 'images', 'embeddings', 'text', 'feedback', 'models:read'],
        models: [],
        allowedAddresses: [],
        allowedOrigins: [],
        requestsPerMinute: 120,
        unitsPerMinute: 20_000,
        concurrencyMax: null,
        budget: null,
      },
    });
  });

  it('are read by the line, and as numbers', () => {
    const form = {
      ...newKeyForm,
      allowedAddresses: '203.0.113.0/24\n\n 2001:db8::1, 192.0.2.1',
      allowedOrigins: 'https://app.example.com/',
      unitsPerMinute: '1,200',
      concurrencyMax: '2',
      budgetUsd: '$12.50',
      budgetIsHard: false,
    };
    expect(readKeyForm(form, plan)).toMatchObject({
      controls: {
        allowedAddresses: ['203.0.113.0/24', '2001:db8::1', '192.0.2.1'],
        allowedOrigins: ['https://app.example.com'],
        unitsPerMinute: 1_200,
        concurrencyMax: 2,
        budget: { microUsd: 12_500_000, isHard: false },
      },
    });
  });

  it.each([
    [{ scopes: [] }, 'scopes', /scope/],
    [{ allowedAddresses: '192.0.2.1\nexample.com' }, 'allowedAddresses', /^Line 2: Give an IP address/],
    [{ allowedOrigins: 'app.example.com' }, 'allowedOrigins', /^Line 1: Give an origin/],
    [{ allowedOrigins: 'https://*.example.com' }, 'allowedOrigins', /^Line 1: .*whole/],
    [{ requestsPerMinute: 'many' }, 'requestsPerMinute', /^Give a whole number, 1 or more\.$/],
    [{ unitsPerMinute: '0' }, 'unitsPerMinute', /^Give a whole number, 1 or more\.$/],
    [{ concurrencyMax: '1,5' }, 'concurrencyMax', /^Give a whole number, 1 or more\.$/],
    [{ budgetUsd: 'much' }, 'budget', /amount/],
    [{ budgetUsd: '0' }, 'budget', /amount/],
    [{ budgetUsd: '12,50' }, 'budget', /amount/],
    [{ budgetUsd: '2,000,000' }, 'budget', /up to 1,000,000/],
  ])('%j: says which is wrong', (fields, name, words) => {
    const read = readKeyForm({ ...newKeyForm, ...fields } as typeof newKeyForm, plan);
    expect('errors' in read && read.errors[name]).toMatch(words);
  });
});

describe('what is sent of a key’s fields', () => {
  it('is what differs from what they were: the rest may have been changed by somebody else since', () => {
    const controls = (form: object) => {
      const read = readKeyForm({ ...newKeyForm, ...form }, plan);
      if ('errors' in read) throw new Error('The fields are wrong.');
      return read.controls;
    };
    const before = controls({ models: ['text-1'], budgetUsd: '50' });
    expect(changesOf(controls({ models: ['text-1'], budgetUsd: '50' }), before)).toEqual({});
    expect(changesOf(controls({ models: [], budgetUsd: '' }), before)).toEqual({ models: [], budget: null });
  });
});
