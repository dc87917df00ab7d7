import { openDecoder } from '#workers/model-runtime/onnx/decoding/open-decoder.ts';
import type { Decoder } from '#workers/model-zoo/decoder.ts';
import { exportDecoderObserver } from '#workers/model-zoo/export-decoder.ts';
import type { Weights } from '#workers/model-zoo/ops.ts';
import type { OnnxConstant } from '#workers/model-zoo/ops-onnx.ts';

const TOKENS_A_WINDOW = 512;

/** By label of a layer's weight: the mean square of each channel of the layer's input, over all tokens of the texts. */
export async function measureImportance(
  decoder: Decoder,
  weights: Weights<OnnxConstant>,
  texts: readonly (readonly number[])[],
): Promise<Map<string, Float32Array>> {
  const session = await openDecoder(exportDecoderObserver(decoder, weights).file, decoder);
  const sums = new Map<string, Float64Array>();
  let tokens = 0;
  for (const ids of texts.flatMap(windows)) {
    const { observed } = await session.run([ids]);
    for (const [label, means] of Object.entries(observed)) {
      const sum = sums.get(label) ?? new Float64Array(means.length);
      means.forEach((mean, channel) => {
        sum[channel] = (sum[channel] ?? 0) + mean * ids.length;
      });
      sums.set(label, sum);
    }
    tokens += ids.length;
  }
  await session.release();
  return new Map([...sums].map(([label, sum]) => [label, Float32Array.from(sum, (total) => total / tokens)]));
}

function windows(ids: readonly number[]): number[][] {
  const count = Math.ceil(ids.length / TOKENS_A_WINDOW);
  return Array.from({ length: count }, (_, index) =>
    ids.slice(index * TOKENS_A_WINDOW, (index + 1) * TOKENS_A_WINDOW),
  );
}
