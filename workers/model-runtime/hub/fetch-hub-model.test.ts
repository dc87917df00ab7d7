import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ModelRuntimeError } from '../model-runtime.ts';
import { silentLogger } from '../onnx/runtime-logger.ts';
import { type DownloadOptions, downloadFile } from './download-file.ts';
import { fetchHubModel } from './fetch-hub-model.ts';
import { createHubClient } from './hub-client.ts';
import { hubLimits } from './hub-limits.ts';
import { parseHubModel } from './hub-model.ts';
import { type HubServer, startHubServer } from './testing/hub-server.ts';

const repository = 'someone/Some-Model-GGUF';
const revision = '0123456789abcdef0123456789abcdef01234567';
const content = randomBytes(300_000);
const files = {
  'model.gguf': content,
  'q4/two-00001-of-00002.gguf': randomBytes(1_000),
  'q4/two-00002-of-00002.gguf': randomBytes(2_000),
};
const model = parseHubModel(`hf:${repository}@${revision}/model.gguf`);

let hub: HubServer;
let folder: string;
beforeAll(async () => {
  hub = await startHubServer(repository, revision, files);
});
afterAll(() => hub.close());
beforeEach(() => {
  hub.behave({});
  hub.requests.length = 0;
  folder = mkdtempSync(path.join(tmpdir(), 'hub-'));
});

const client = (token: string | null = null, endpoint = hub.url) => createHubClient({ endpoint, token });
const fetchIt = (of = model, from = client()) =>
  fetchHubModel({ client: from, folder, logger: silentLogger }, of);
const quick: NonNullable<DownloadOptions['limits']> = { ...hubLimits, stalledMs: 200, waitMs: 1 };
const describeIt = async () => (await client().describe(model, ['model.gguf']))[0] as never;
const download = async (limits = quick) => {
  const target = path.join(folder, 'model.gguf');
  await downloadFile({ client: client(), model, file: await describeIt(), target, limits });
  return target;
};
const ranges = () => hub.requests.filter((request) => request.startsWith('storage'));

describe('a model of the hub', () => {
  it('is fetched once, and later served without asking', async () => {
    const file = await fetchIt();
    expect(readFileSync(file).equals(content)).toBe(true);
    expect(file).toContain(path.join(repository, revision));
    const asked = hub.requests.length;
    expect(await fetchIt(model, client(null, 'http://127.0.0.1:1'))).toBe(file);
    expect(hub.requests).toHaveLength(asked);
  });

  it('is fetched once by all who start at the same time', async () => {
    const found = await Promise.all([fetchIt(), fetchIt(), fetchIt()]);
    expect(new Set(found).size).toBe(1);
    expect(ranges()).toHaveLength(1);
  });

  it('comes with all its parts, and is opened by the first', async () => {
    const file = await fetchIt(parseHubModel(`hf:${repository}@${revision}/q4/two-00001-of-00002.gguf`));
    expect(path.basename(file)).toBe('two-00001-of-00002.gguf');
    const second = path.join(path.dirname(file), 'two-00002-of-00002.gguf');
    expect(readFileSync(second).equals(files['q4/two-00002-of-00002.gguf'])).toBe(true);
  });

  it('is asked for with the token, which the storage never sees', async () => {
    hub.behave({ token: 'hf_secret' });
    await expect(fetchIt()).rejects.toThrow('does not show someone/Some-Model-GGUF (401)');
    await fetchIt(model, client('hf_secret'));
    expect(ranges()).toEqual(['storage nobody all']);
  });
});

describe('a download that breaks off', () => {
  it('goes on where it was', async () => {
    hub.behave({ breakAfter: 100_000, breaks: 2 });
    expect(readFileSync(await download()).equals(content)).toBe(true);
    expect(ranges()).toHaveLength(3);
    expect(ranges()[0]).toBe('storage nobody all');
    expect(ranges()[1]).toMatch(/bytes=[1-9]\d*-$/);
  });

  it('goes on from what an earlier process left', async () => {
    writeFileSync(path.join(folder, 'model.gguf.part'), content.subarray(0, 250_000));
    expect(readFileSync(await download()).equals(content)).toBe(true);
    expect(ranges()).toEqual(['storage nobody bytes=250000-']);
  });

  it('begins anew where the server gives no parts', async () => {
    writeFileSync(path.join(folder, 'model.gguf.part'), content.subarray(0, 250_000));
    hub.behave({ ignoresRange: true });
    expect(readFileSync(await download()).equals(content)).toBe(true);
  });

  it('is given up when nothing comes, and leaves what it has for the next', async () => {
    hub.behave({ hangAfter: 5_000 });
    await expect(download({ ...quick, triesMax: 1 })).rejects.toThrow('sent nothing');
    hub.behave({ hangAfter: 1 });
    await expect(download({ ...quick, triesMax: 1 })).rejects.toThrow('sent nothing for 0.2 s');
    hub.behave({});
    expect(readFileSync(await download()).equals(content)).toBe(true);
    expect(ranges().at(-1)).toMatch(/bytes=[1-9]\d*-$/);
  });
});

describe('what is refused', () => {
  it('a file whose checksum is another; nothing of it is kept', async () => {
    hub.behave({ spoilt: true });
    await expect(fetchIt()).rejects.toThrow(/has the checksum .* the hub says/);
    await expect(download()).rejects.toThrow('thrown away');
    expect(existsSync(path.join(folder, 'model.gguf.part'))).toBe(false);
    expect(existsSync(path.join(folder, 'model.gguf'))).toBe(false);
  });

  it('a file without a checksum', async () => {
    hub.behave({ withoutChecksum: true });
    await expect(fetchIt()).rejects.toThrow('no checksum');
  });

  it('a file that is not there, and a commit that is not', async () => {
    const named = (change: string) => fetchIt(parseHubModel(`hf:${repository}@${change}`));
    await expect(named(`${revision}/other.gguf`)).rejects.toThrow('has no other.gguf at');
    await expect(named(`${'f'.repeat(40)}/model.gguf`)).rejects.toThrow(`at ${'f'.repeat(40)}`);
  });

  it.each([
    [500, 'in trouble (status 500)'],
    [429, 'in trouble (status 429)'],
    [403, 'private or gated'],
    [418, 'answered with status 418'],
  ])('an answer of status %i', async (status, sentence) => {
    hub.behave({ status });
    await expect(fetchIt()).rejects.toThrow(sentence);
    await expect(fetchIt()).rejects.toBeInstanceOf(ModelRuntimeError);
  });

  it('a machine without a network, in a sentence that says what to do', async () => {
    const gone = await startHubServer(repository, revision, files);
    await gone.close();
    await expect(fetchIt(model, client(null, gone.url))).rejects.toThrow(
      /can't be reached \(ECONNREFUSED\)\. Without it, put the GGUF file on this machine/,
    );
  });

  it.each([
    ['hf:someone/model@main/model.gguf', '"main" in'],
    ['hf:someone/model/model.gguf', 'no model of the hub'],
    [`hf:someone@${revision}/model.gguf`, 'no model of the hub'],
    [`hf:../etc@${revision}/model.gguf`, 'no model of the hub'],
    [`hf:someone/model@${revision}/../../model.gguf`, 'no path of a GGUF file'],
    [`hf:someone/model@${revision}/.hidden.gguf`, 'no path of a GGUF file'],
    [`hf:someone/model@${revision}/model.safetensors`, 'no path of a GGUF file'],
    [`hf:someone/model@${revision}/a?b.gguf`, 'no path of a GGUF file'],
  ])('the name %s', (name, sentence) => {
    expect(() => parseHubModel(name)).toThrow(sentence);
  });
});
