import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { openImageDecoder } from '#workers/model-runtime/onnx/decoding/decode-image.ts';
import { describeImageModel } from '#workers/model-runtime/onnx/image-model-folder.ts';
import { graphFile } from '#workers/model-runtime/onnx/model-folder.ts';
import { normalise } from '#workers/model-runtime/onnx/open-image-classifier.ts';
import { openSession } from '#workers/model-runtime/onnx/open-session.ts';
import type { FeatureOrders } from './picture-features.ts';

/** Pictures go through the decoder that serves, so that a head sees what it will see later. */
process.once('message', async ({ folder, set }: FeatureOrders) => {
  const { preparation } = await describeImageModel(folder);
  const [decoder, graph] = await Promise.all([
    openImageDecoder(preparation),
    openSession(join(folder, graphFile(folder))),
  ]);
  sharp.unblock({ operation: ['VipsForeignLoad'] });
  const { side } = set;
  const size = side * side * 3;
  const { cropTo } = preparation;
  let features: Float32Array | undefined;
  for (const [index] of set.labels.entries()) {
    const raw = { width: side, height: side, channels: 3 } as const;
    const picture = sharp(set.pixels.subarray(index * size, (index + 1) * size), { raw });
    const pixels = await decoder.decode(await picture.png({ compressionLevel: 0 }).toBuffer());
    if ('refused' in pixels) throw new Error(`Picture ${index} can't be decoded: ${pixels.reason}.`);
    const input = new Tensor('float32', normalise(pixels, preparation), [1, 3, cropTo, cropTo]);
    const { features: row } = await graph.run({ pixel_values: input }, ['features']);
    if (!row) throw new Error('The graph gives no features.');
    features ??= new Float32Array(set.labels.length * row.data.length);
    features.set(row.data as Float32Array, index * row.data.length);
  }
  process.send?.(features ?? new Float32Array(), undefined, undefined, () => process.disconnect?.());
});
