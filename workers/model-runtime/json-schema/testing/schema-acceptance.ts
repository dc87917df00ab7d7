import { loadLlamaBinding } from '../../llama-cpp/binding.ts';
import { grammarOfSchema } from '../grammar-of-schema.ts';

interface Grammar {
  isTextCompatible(text: string): boolean;
}

/** Whether the grammar of a schema lets a text through, by llama.cpp's own parser of grammars. */
export async function schemaAcceptance(): Promise<(schema: unknown, text: string) => boolean> {
  const binding = await loadLlamaBinding('cpu');
  const grammars = new Map<unknown, Grammar>();
  return (schema, text) => {
    const grammar =
      grammars.get(schema) ??
      (new binding.AddonGrammar(grammarOfSchema(schema), { addonExports: binding }) as Grammar);
    grammars.set(schema, grammar);
    return grammar.isTextCompatible(text);
  };
}
