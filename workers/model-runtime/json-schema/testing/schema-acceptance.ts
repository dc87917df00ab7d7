import { loadLlamaBinding } from '../../llama-cpp/binding.ts';
import { grammarOfSchema } from '../grammar-of-schema.ts';

/** Whether the grammar of a schema lets a text through, by llama.cpp's own parser of grammars. */
export async function schemaAcceptance(): Promise<(schema: unknown, text: string) => boolean> {
  const binding = await loadLlamaBinding('cpu');
  return (schema, text) => {
    const grammar = new binding.AddonGrammar(grammarOfSchema(schema), { addonExports: binding });
    return (grammar as { isTextCompatible(text: string): boolean }).isTextCompatible(text);
  };
}
