import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { withGguf } from '#workers/model-zoo/gguf/open-gguf.ts';
import { requantize } from '#workers/model-zoo/gguf/requantize.ts';
import { type GgufPart, partName, splitGguf } from '#workers/model-zoo/gguf/split-gguf.ts';
import { writeGguf } from '#workers/model-zoo/gguf/write-gguf.ts';
import { CACHE } from './base-folder.ts';
import { runScript } from './run-script.ts';
import { expectTextBase } from './text-base.ts';

/** Some hosts of repositories refuse files of 50 MB; the head of the first part takes 2 of them. */
const PART_TENSOR_BYTES_MAX = 46_000_000;
const NAME = 'SmolLM2-135M-Instruct-Q4_0';

/** Requantises the base to Q4_0 and writes it in the parts in which it is served. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { to: { type: 'string', default: join(CACHE, 'export', 'text-generation') } },
  });
  withGguf(expectTextBase(), (gguf) => {
    const { metadata, tensors } = requantize(gguf, 'Q4_0');
    const parts = splitGguf(metadata, tensors, PART_TENSOR_BYTES_MAX);
    mkdirSync(values.to, { recursive: true });
    parts.forEach((part, index) => {
      writePart(join(values.to, partName(NAME, index, parts.length)), part);
    });
  });
}

function writePart(path: string, { metadata, tensors }: GgufPart): void {
  const digest = createHash('sha256');
  let byteLength = 0;
  rmSync(path, { force: true });
  const file = openSync(path, 'wx');
  for (const bytes of writeGguf(metadata, tensors)) {
    writeFileSync(file, bytes);
    digest.update(bytes);
    byteLength += bytes.byteLength;
  }
  closeSync(file);
  console.log(`${basename(path)}: ${byteLength} bytes, SHA-256 ${digest.digest('hex')}`);
}

await runScript(main);
