import { describe, expect, it } from 'vitest';
import { readBackgroundEnvironment } from './background.ts';
import { readInferenceEnvironment } from './inference.ts';
import { EnvironmentError } from './parse-environment.ts';
import { readWebEnvironment } from './web.ts';

const complete = { DATABASE_URL: 'postgresql://u:p@h:5432/d', MODELYARD_SECRET: 's'.repeat(32) };

describe('the environment', () => {
  it('needs a database and a secret, and has a default for the rest', () => {
    expect(readWebEnvironment(complete)).toMatchObject({
      port: 3000,
      trustedProxyHops: 0,
      webUrl: 'http://localhost:3000',
    });
    expect(readInferenceEnvironment(complete)).toMatchObject({
      port: 4000,
      holdMs: 60_000,
      modelsDir: 'workers/models',
    });
    expect(readBackgroundEnvironment(complete)).toMatchObject({ port: 4100, smtpUrl: undefined });
  });

  it('names everything that is wrong at once, and repeats no value', () => {
    const wrong = () =>
      readWebEnvironment({ DATABASE_URL: 'mysql://secret@h/d', MODELYARD_SECRET: 'short', PORT: 'many' });
    expect(wrong).toThrow(EnvironmentError);
    try {
      wrong();
    } catch (error) {
      const { message } = error as Error;
      for (const name of ['DATABASE_URL', 'MODELYARD_SECRET', 'PORT']) expect(message).toContain(name);
      for (const value of ['secret@h', 'short', 'many']) expect(message).not.toContain(value);
    }
  });

  it('lets no process start without the secret that seals what it keeps', () => {
    const { DATABASE_URL } = complete;
    for (const read of [readWebEnvironment, readInferenceEnvironment, readBackgroundEnvironment])
      expect(() => read({ DATABASE_URL })).toThrow('MODELYARD_SECRET');
  });

  it('drains as long as the slowest request takes, or as long as it is told', () => {
    const drainMs = (more: object) => readInferenceEnvironment({ ...complete, ...more }).drainMs;
    expect([drainMs({}), drainMs({ DRAIN_MS: '' }), drainMs({ DRAIN_MS: '15000' })]).toEqual([
      180_000, 180_000, 15_000,
    ]);
    for (const wrong of ['-1', '1.5', 'soon', '3600001'])
      expect(() => drainMs({ DRAIN_MS: wrong })).toThrow('DRAIN_MS');
  });

  it('takes an empty variable as one that is not set', () => {
    expect(readWebEnvironment({ ...complete, SMTP_URL: '', PORT: '' })).toMatchObject({
      port: 3000,
      smtpUrl: undefined,
    });
  });

  it('sends webhooks to public addresses alone unless it is told otherwise', () => {
    const allowed = (variables: object) =>
      [readWebEnvironment, readBackgroundEnvironment].map(
        (read) => read({ ...complete, ...variables }).webhooksToPrivateAddresses,
      );
    expect(allowed({})).toEqual([false, false]);
    expect(allowed({ NODE_ENV: 'production', WEBHOOKS_TO_PRIVATE_ADDRESSES: '' })).toEqual([false, false]);
    expect(allowed({ WEBHOOKS_TO_PRIVATE_ADDRESSES: '1' })).toEqual([true, true]);
    expect(() => allowed({ WEBHOOKS_TO_PRIVATE_ADDRESSES: 'maybe' })).toThrow(EnvironmentError);
  });

  it('serves an engine elsewhere only where it is told all of it, and tells no key', () => {
    const read = (more: object) => readInferenceEnvironment({ ...complete, ...more });
    expect(read({})).toMatchObject({ textUpstream: null, sentimentUpstream: null });
    const url = 'http://10.0.0.7:8000/v1/';
    expect(
      read({ TEXT_UPSTREAM_URL: url, TEXT_UPSTREAM_MODEL: 'm', TEXT_UPSTREAM_ENGINE: 'vllm' }),
    ).toMatchObject({
      textUpstream: { url: 'http://10.0.0.7:8000/v1', model: 'm', engine: 'vllm', apiKey: null },
    });
    expect(read({ SENTIMENT_UPSTREAM_URL: 'https://triton.internal' })).toMatchObject({
      sentimentUpstream: { url: 'https://triton.internal', model: 'sentiment', modelVersion: null },
    });
    expect(() => read({ TEXT_UPSTREAM_URL: url })).toThrow('TEXT_UPSTREAM_MODEL');
    expect(() => read({ SENTIMENT_UPSTREAM_URL: 'ftp://h' })).toThrow('SENTIMENT_UPSTREAM_URL');
    const withKey = { TEXT_UPSTREAM_URL: 'http://u:s3cret@h/v1', TEXT_UPSTREAM_API_KEY: 's3cret key' };
    expect(() => read(withKey)).toThrow(/TEXT_UPSTREAM_URL: an address without a name and password/);
    expect(() => read(withKey)).toThrow(/^(?!.*s3cret)/s);
  });

  it('shows the outbox only where no real mail is sent', () => {
    const isPublic = (more: object) => readWebEnvironment({ ...complete, ...more }).outboxIsPublic;
    expect(isPublic({})).toBe(true);
    expect(isPublic({ SMTP_URL: 'smtp://mail.example.com' })).toBe(false);
    expect(isPublic({ NODE_ENV: 'production' })).toBe(false);
    expect(isPublic({ NODE_ENV: 'production', MODELYARD_DEMO: '1' })).toBe(true);
  });
});
