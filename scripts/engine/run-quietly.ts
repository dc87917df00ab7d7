import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  /** The last of what it wrote, both streams. */
  readonly output: string;
}

const OUTPUT_CHARACTERS = 20_000;

export interface Surroundings {
  readonly cwd?: string;
  /** Beside this process's own variables. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program to its end and keeps what it writes. A program that is not there ends with code 127. */
export function runQuietly(
  program: string,
  args: readonly string[],
  { cwd, env }: Surroundings = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** What TensorFlow's libraries log of themselves: a letter for the level, month and day. */
const LOGGED = /^[IWEF]\d{4} /;

/** The line that says what went wrong, as far as one can tell: the last that names an error, else the last. */
export function tellingLine(output: string): string {
  const lines = output
    .trim()
    .split('\n')
    .filter((line) => !LOGGED.test(line));
  return (lines.findLast((line) => /\w*Error: |error: /.test(line)) ?? lines.at(-1) ?? '').trim();
}
