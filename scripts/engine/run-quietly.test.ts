import { describe, expect, it } from 'vitest';
import { runQuietly, tellingLine } from './run-quietly.ts';

describe('a program that is run quietly', () => {
  it('gets the variables that it is given beside those that are there', async () => {
    const script = 'console.log(process.env.GIVEN, process.env.PATH === undefined)';
    const { code, output } = await runQuietly(process.execPath, ['-e', script], { env: { GIVEN: 'yes' } });
    expect({ code, output }).toEqual({ code: 0, output: 'yes false\n' });
  });

  it('ends with 127 where it is not there', async () => {
    expect((await runQuietly('no-such-program', [])).code).toBe(127);
  });
});

describe('the line that says what went wrong', () => {
  it.each([
    ['the last that names an error', 'at once\nTypeError: no\n    at main\nNode.js v20', 'TypeError: no'],
    [
      'the last, where none does',
      'building\nENGINE=gpu, but there is none.',
      'ENGINE=gpu, but there is none.',
    ],
    [
      "not what TensorFlow's libraries log",
      'E0000 00:00:1 cuda_platform.cc:52] CUDA error: no driver\nENGINE=gpu, but there is none.',
      'ENGINE=gpu, but there is none.',
    ],
  ])('%s', (_, output, line) => {
    expect(tellingLine(output)).toBe(line);
  });
});
