import { describe, expect, it } from 'vitest';
import { planOf } from '#server/domain/billing/schema.ts';
import { newKeyForm, readKeyForm } from './key-form.ts';

const plan = planOf('free');

describe('the fields of a key', () => {
  it('left empty are the plan’s limits and no restriction', () => {
    expect(readKeyForm(newKeyForm, plan)).toEqual({
      controls: {
        scopes: ['sentiment', 'images', 'embeddings', 'text', 'models:read'],
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
      concurrencyMax: '2',
      budgetUsd: '$12.50',
      budgetIsHard: false,
    };
    expect(readKeyForm(form, plan)).toMatchObject({
      controls: {
        allowedAddresses: ['203.0.113.0/24', '2001:db8::1', '192.0.2.1'],
        allowedOrigins: ['https://app.example.com'],
        concurrencyMax: 2,
        budget: { microUsd: 12_500_000, isHard: false },
      },
    });
  });

  it.each([
    [{ scopes: [] }, 'scopes', /scope/],
    [{ allowedAddresses: '192.0.2.1\nexample.com' }, 'allowedAddresses', /^Line 2: Give an IP address/],
    [{ allowedOrigins: 'app.example.com' }, 'allowedOrigins', /^Line 1: Give an origin/],
    [{ requestsPerMinute: 'many' }, 'requestsPerMinute', /./],
    [{ budgetUsd: 'much' }, 'budget', /amount/],
    [{ budgetUsd: '0' }, 'budget', /amount/],
  ])('%j: says which is wrong', (fields, name, words) => {
    const read = readKeyForm({ ...newKeyForm, ...fields } as typeof newKeyForm, plan);
    expect('errors' in read && read.errors[name]).toMatch(words);
  });
});
