import type { Tensor } from 'onnxruntime-node';
import type { Decoder } from '#workers/model-zoo/decoder.ts';
import { openSession } from '../open-session.ts';

/** Keys and values by the names of the inputs that take them, and how many tokens of each text they hold. */
export interface DecoderPast {
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly lengths: readonly number[];
  /** Columns of the tensors: the longest text with its padding. */
  readonly columns: number;
}

export interface DecoderRun {
  /** By text and token: the logits of what follows. */
  readonly logits: Float32Array[][];
  readonly past: DecoderPast;
  /** What else the graph gives, by name. */
  readonly observed: Readonly<Record<string, Float32Array>>;
}

export interface DecoderSession {
  /** The tokens of each text that come after `past`; without it the texts begin here. */
  run(texts: readonly (readonly number[])[], past?: DecoderPast): Promise<DecoderRun>;
  release(): Promise<void>;
}

/** Opens what `exportDecoder` wrote. */
export async function openDecoder(file: string | Uint8Array, decoder: Decoder): Promise<DecoderSession> {
  const session = await openSession(file);
  const { Tensor: OrtTensor } = await import('onnxruntime-node');
  const { layers, keyValueHeads, headSize, vocabularySize } = decoder;

  function nothingYet(batch: number): DecoderPast {
    const empty = new OrtTensor('float32', new Float32Array(0), [batch, keyValueHeads, 0, headSize]);
    const names = pastNames(layers).map((name) => [name, empty]);
    return {
      tensors: Object.fromEntries(names),
      lengths: Array.from({ length: batch }, () => 0),
      columns: 0,
    };
  }

  return {
    async run(texts, before = nothingYet(texts.length)) {
      const longest = Math.max(...texts.map((text) => text.length));
      const lengths = texts.map((text, row) => (before.lengths[row] ?? 0) + text.length);
      const columns = before.columns + longest;
      const ids = texts.flatMap((text) => [
        ...text,
        ...Array.from({ length: longest - text.length }, () => 0),
      ]);
      const results = await session.run({
        input_ids: new OrtTensor('int64', BigInt64Array.from(ids, BigInt), [texts.length, longest]),
        attention_mask: new OrtTensor('int64', masks(lengths, columns), [texts.length, columns]),
        ...before.tensors,
      });
      const present = pastNames(layers).map((name) => [name, results[presentName(name)]]);
      const past: DecoderPast = { tensors: Object.fromEntries(present), lengths, columns };
      const logits = rowsOf(results.logits, texts, longest, vocabularySize);
      return { logits, past, observed: others(results) };
    },
    release: () => session.release(),
  };
}

function pastNames(layers: number): string[] {
  return Array.from({ length: layers }, (_, layer) =>
    ['key', 'value'].map((kind) => `past_key_values.${layer}.${kind}`),
  ).flat();
}

function presentName(pastName: string): string {
  return pastName.replace('past_key_values', 'present');
}

/** The runtime packs each text's keys to the left, so a row's tokens are its first columns whatever was padded before. */
function masks(lengths: readonly number[], columns: number): BigInt64Array {
  const mask = new BigInt64Array(lengths.length * columns);
  lengths.forEach((length, row) => mask.fill(1n, row * columns, row * columns + length));
  return mask;
}

function others(results: Readonly<Record<string, Tensor>>): Record<string, Float32Array> {
  const observed: Record<string, Float32Array> = {};
  for (const [name, { data }] of Object.entries(results)) {
    const known = name === 'logits' || name.startsWith('present.');
    if (!known && data instanceof Float32Array) observed[name] = data;
  }
  return observed;
}

function rowsOf(
  logits: Tensor | undefined,
  texts: readonly (readonly number[])[],
  longest: number,
  vocabularySize: number,
): Float32Array[][] {
  const data = logits?.data;
  if (!(data instanceof Float32Array)) throw new Error('The decoder gave no logits.');
  return texts.map((text, row) =>
    text.map((_, column) => {
      const start = (row * longest + column) * vocabularySize;
      return data.subarray(start, start + vocabularySize);
    }),
  );
}
