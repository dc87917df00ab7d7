import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { openImageDecoder } from '../decoding/decode-image.ts';
import { describeImageModel } from '../image-model-folder.ts';
import { graphFile, ModelFolderError } from '../model-folder.ts';
import { normalise } from '../open-image-classifier.ts';
import { openSession } from '../open-session.ts';
import type { BareSession } from './bare-session.ts';

/** Decoder and graph; all of a batch in one run. */
export async function openBarePictureSession(
  folder: string,
  threads: number,
): Promise<BareSession<Uint8Array>> {
  const { preparation } = await describeImageModel(folder);
  const decoder = await openImageDecoder(preparation);
  const graph = await openSession(join(folder, graphFile(folder)), threads);
  const side = preparation.cropTo;
  const valuesEach = 3 * side * side;
  return {
    async run(pictures) {
      const values = new Float32Array(pictures.length * valuesEach);
      for (const [index, bytes] of pictures.entries()) {
        const pixels = await decoder.decode(bytes);
        if ('refused' in pixels) throw new ModelFolderError('A picture of the benchmark is none.');
        values.set(normalise(pixels, preparation), index * valuesEach);
      }
      const feeds = { pixel_values: new Tensor('float32', values, [pictures.length, 3, side, side]) };
      const { logits } = await graph.run(feeds, ['logits']);
      return logits?.data as Float32Array;
    },
  };
}
