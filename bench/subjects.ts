import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ModelSubject } from './measure-model.ts';
import { texts } from './texts.ts';

const photos = path.resolve('workers/model-runtime/onnx/fixtures/photos');
const pictures = ['cat.jpg', 'hot-dog.jpg', 'owl.jpg'].map((file) => readFileSync(path.join(photos, file)));

export const sentiment: ModelSubject = {
  bare: { kind: 'texts', folder: path.resolve('workers/models/sentiment'), items: texts },
  path: '/v1/sentiment',
  contentType: 'application/json',
  bodies: texts.map((input) => JSON.stringify({ input })),
};

/** Photographs as phones and cameras send them, though small: half of a megapixel. */
export const images: ModelSubject = {
  bare: { kind: 'pictures', folder: path.resolve('workers/models/image-classification'), items: pictures },
  path: '/v1/images/classify',
  contentType: 'image/jpeg',
  bodies: pictures,
};
