import { mkdtempSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readInferenceEnvironment } from '#server/platform/environment/inference.ts';
import { createLogger } from '#server/platform/logger.ts';
import { type HubServer, startHubServer } from '#workers/model-runtime/hub/testing/hub-server.ts';
import { findTextModel } from './find-text-model.ts';

const repository = 'someone/model';
const revision = 'a'.repeat(40);
const logger = createLogger({ name: 'test', level: 'silent' });
let folder: string;
let hub: HubServer;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'text-model-'));
  hub = await startHubServer(repository, revision, { 'small.gguf': Buffer.from('GGUF') });
});
afterAll(() => hub.close());

const find = (variables: Record<string, string>) =>
  findTextModel(
    readInferenceEnvironment({
      DATABASE_URL: 'postgresql://u:p@h:5432/d',
      MODELYARD_SECRET: 's'.repeat(32),
      MODELS_DIR: folder,
      ...variables,
    }),
    logger,
  );
const named = { TEXT_MODEL: `hf:${repository}@${revision}/small.gguf` };

describe('the model that writes', () => {
  it('is that of the models folder, where it has one', async () => {
    expect(await find({})).toBeNull();
    await mkdir(path.join(folder, 'text-generation'));
    expect(await find({})).toBe(path.join(folder, 'text-generation'));
  });

  it('is the file or folder that TEXT_MODEL names', async () => {
    expect(await find({ TEXT_MODEL: 'elsewhere/model.gguf' })).toBe(path.resolve('elsewhere/model.gguf'));
  });

  it('is fetched from the hub, if the operator lets it', async () => {
    const variables = { ...named, HUB_ENDPOINT: `${hub.url}/`, HUB_DIR: path.join(folder, 'hub') };
    await expect(find(variables)).rejects.toThrow('unless HUB_MODELS=1');
    expect(hub.requests).toEqual([]);
    const file = await find({ ...variables, HUB_MODELS: '1' });
    expect(readFileSync(file ?? '', 'utf8')).toBe('GGUF');
    expect(file).toContain(path.join(folder, 'hub', repository, revision));
  });

  it('is not named twice', async () => {
    const upstream = { TEXT_UPSTREAM_URL: 'http://127.0.0.1:1/v1', TEXT_UPSTREAM_MODEL: 'm' };
    await expect(async () => find({ ...upstream, TEXT_MODEL: 'model.gguf' })).rejects.toThrow(
      'TEXT_MODEL: nothing, where the engine',
    );
  });

  it('is no branch of a repository', async () => {
    const TEXT_MODEL = `hf:${repository}@main/small.gguf`;
    await expect(find({ TEXT_MODEL, HUB_MODELS: '1' })).rejects.toThrow('a branch moves');
  });
});
