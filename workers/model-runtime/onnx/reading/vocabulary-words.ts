import { MODEL_FILES, readJson } from '../model-folder.ts';

/** The words that a tokenizer keeps whole: one token each. Made of ASCII letters and digits only. */
export async function loadVocabularyWords(folder: string): Promise<ReadonlySet<string>> {
  const { model } = await readJson(folder, MODEL_FILES.tokenizer);
  const vocabulary = typeof model === 'object' && model !== null && 'vocab' in model ? model.vocab : {};
  return new Set(Object.keys(vocabulary ?? {}).filter((word) => /^[a-z0-9]+$/.test(word)));
}
