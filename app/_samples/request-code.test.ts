import { execFile, execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonRequestCode, pictureRequestCode } from './request-code.ts';

const run = promisify(execFile);
const hasPython = isThere('python3');
const languages = ['curl', 'TypeScript', ...(hasPython ? ['Python'] : [])] as const;

interface Received {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly contentType: string;
  readonly body: Buffer;
}

let server: Server;
let apiUrl: string;
let folder: string;
let received: Received[] = [];
let reply: readonly [contentType: string, body: string] = ['application/json', '{"ok":true}'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'request-code-'));
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { authorization, 'content-type': contentType = '' } = request.headers;
      received.push({ url: request.url, authorization, contentType, body: Buffer.concat(parts) });
      response.setHeader('content-type', reply[0]).end(reply[1]);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

function isThere(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function runCode(language: string, code: string): Promise<string> {
  received = [];
  const [program, args] = {
    curl: ['sh', ['-c', code]],
    TypeScript: [process.execPath, ['--input-type=module', '-e', code]],
    Python: ['python3', ['-c', code]],
  }[language] as [string, string[]];
  const env = { ...process.env, MODELYARD_KEY: 'the key' };
  return (await run(program, args, { cwd: folder, env })).stdout;
}

const codeIn = (variants: readonly { name: string; code: string }[], language: string) =>
  variants.find(({ name }) => name === language)?.code ?? '';

const bodies = [
  { input: 'It works.' },
  {
    'odd "name"': [[], {}, [1]],
    input: [`It's "quoted" \\ $HOME \`x\` !`, 'two\nlines\ttab', '你好 🙂 null true'],
    abstain_below: 0.5,
  },
  {
    messages: [{ role: 'user', content: `${'long '.repeat(30)}'end'` }],
    stream: false,
    seed: null,
    on: true,
  },
];

describe.each(languages)('a request in %s', (language) => {
  it.each(bodies)('sends exactly %j', async (body) => {
    const printed = await runCode(
      language,
      codeIn(jsonRequestCode(apiUrl, { path: '/v1/x', body }), language),
    );
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      url: '/v1/x',
      authorization: 'Bearer the key',
      contentType: 'application/json',
    });
    expect(JSON.parse(received[0]?.body.toString() ?? '')).toEqual(body);
    expect(printed.toLowerCase()).toContain('true');
  });

  it('prints a stream as it comes', async () => {
    reply = ['text/event-stream', 'event: text\ndata: {"text":"añ🙂"}\n\n'];
    const variants = jsonRequestCode(apiUrl, { path: '/v1/x', body: { stream: true }, isStream: true });
    expect(await runCode(language, codeIn(variants, language))).toBe(reply[1]);
    reply = ['application/json', '{"ok":true}'];
  });

  it.each(['cat.jpg', `it's a "cat";type=x, \\ 1.jpg`])('sends the picture %s', async (fileName) => {
    const picture = Buffer.from([0xff, 0xd8, 0xff, 0, 10, 13, 200]);
    await writeFile(join(folder, fileName), picture);
    const request = { path: '/v1/images/classify', fileName, fields: { top_k: '3', abstain_below: '0.5' } };
    await runCode(language, codeIn(pictureRequestCode(apiUrl, request), language));
    const [{ body, contentType } = { body: Buffer.of(), contentType: '' }] = received;
    if (language === 'Python') {
      expect(JSON.parse(body.toString())).toEqual({
        input: { base64: picture.toString('base64') },
        top_k: 3,
        abstain_below: 0.5,
      });
      return;
    }
    expect(contentType).toMatch(/^multipart\/form-data; boundary=/);
    expect(body.includes(picture)).toBe(true);
    expect(body.toString('latin1')).toMatch(/name="image"/);
    expect(body.toString('latin1')).toMatch(/name="top_k"\r\n\r\n3\r\n/);
    expect(body.toString('latin1')).toMatch(/name="abstain_below"\r\n\r\n0\.5\r\n/);
  });
});
