import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { AccessLine } from './access-log.ts';

const accessLogFile = fileURLToPath(new URL('./access-log.ts', import.meta.url));

/** What a process prints that writes these lines. */
async function printed(level: string, lines: readonly AccessLine[]): Promise<string[]> {
  const program = `
    const { createAccessLog } = await import(${JSON.stringify(accessLogFile)});
    const log = createAccessLog({ name: 'in"ference', level: ${JSON.stringify(level)} });
    for (const line of ${JSON.stringify(lines)}) log.write(line);
    log.flush();`;
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--import',
    'tsx',
    '--input-type=module',
    '-e',
    program,
  ]);
  return stdout.split('\n').slice(0, -1);
}

const line: AccessLine = {
  requestId: 'req_1',
  workspaceId: null,
  route: '/v1/sentiment',
  status: 200,
  code: 'ok',
  latencyMs: 3,
};

describe('the access log', () => {
  it('is a line of JSON for each answer, all of them once', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({ ...line, requestId: `req_${i}`, latencyMs: i }));
    const written = (await printed('info', many)).map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(written.map(({ requestId }) => requestId)).toEqual(many.map(({ requestId }) => requestId));
    expect(written[7]).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      name: 'in"ference',
      ...line,
      requestId: 'req_7',
      latencyMs: 7,
      msg: 'answered',
    });
    expect(Math.abs(Date.now() - Date.parse(`${written[7]?.time}`))).toBeLessThan(60_000);
  });

  it('is left out where only warnings are logged', async () => {
    expect(await printed('warn', [line])).toEqual([]);
  });
});
