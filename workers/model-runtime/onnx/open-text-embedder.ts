import { type InputRefusal, isRefusal, type TextEmbedding, type TextInput } from '../model-runtime.ts';
import { describeEncoder } from './model-folder.ts';
import { openTextEncoder } from './open-text-encoder.ts';

export interface OpenTextEmbedder {
  embed(inputs: readonly TextInput[]): Promise<(TextEmbedding | InputRefusal)[]>;
}

/** A sentence encoder in this process. Its graph pools and normalises, so what it gives is the vector. */
export async function openTextEmbedder(folder: string): Promise<OpenTextEmbedder> {
  const description = await describeEncoder(folder);
  const output = { name: 'sentence_embedding', width: description.hiddenSize };
  const encoder = await openTextEncoder(folder, description, output);
  return {
    async embed(inputs) {
      const encoded = await encoder.encode(inputs);
      return encoded.map((text) => {
        if (isRefusal(text)) return text;
        const { values: vector, ...counted } = text;
        return { vector, ...counted };
      });
    },
  };
}
