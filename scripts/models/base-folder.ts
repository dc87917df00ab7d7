import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

/** What is fetched or computed and never committed. */
export const CACHE = join(REPOSITORY, '.modelyard');

/**
 * all-MiniLM-L6-v2 (Nils Reimers and others, sentence-transformers; Apache-2.0): MiniLM-L6-H384-uncased (Microsoft)
 * trained further on a billion pairs of sentences.
 */
export const BASE = {
  name: 'all-MiniLM-L6-v2',
  upstream: 'sentence-transformers/all-MiniLM-L6-v2',
  folder: join(CACHE, 'bases', 'all-MiniLM-L6-v2'),
  files: {
    'config.json': '953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41',
    'model.safetensors': '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    'tokenizer.json': 'be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037',
    'tokenizer_config.json': 'acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b',
    'special_tokens_map.json': '303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3',
  },
} as const;

export class MissingBaseError extends Error {
  override readonly name = 'MissingBaseError';
}

export function expectBase(): string {
  if (existsSync(join(BASE.folder, 'model.safetensors'))) return BASE.folder;
  throw new MissingBaseError(`${BASE.name} is not in ${BASE.folder}. Fetch it: npm run models:fetch`);
}
