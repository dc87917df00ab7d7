import sharp, { type Sharp } from 'sharp';
import { randomNumbers } from '#workers/model-zoo/seeded-random.ts';

type Change = (picture: Sharp) => Sharp;

/** In pixels: sharp takes no less. */
const LEAST_BLUR = 0.3;

/** What a viewer would see through, weaker and stronger; blur as a share of the picture's side. */
export function pictureChanges(side: number): Readonly<Record<string, Change>> {
  return {
    'blur, weak': (picture) => picture.blur(Math.max(LEAST_BLUR, side / 128)),
    'blur, strong': (picture) => picture.blur(Math.max(2 * LEAST_BLUR, side / 64)),
    'noise, weak': (picture) => noisy(picture, side, 8),
    'noise, strong': (picture) => noisy(picture, side, 20),
    'JPEG, quality 50': (picture) => picture.jpeg({ quality: 50 }),
    'JPEG, quality 20': (picture) => picture.jpeg({ quality: 20 }),
    'turned by 5 degrees': (picture) => picture.rotate(5, { background: '#808080' }),
    'turned by 15 degrees': (picture) => picture.rotate(15, { background: '#808080' }),
    'darker by a third': (picture) => picture.modulate({ brightness: 0.67 }),
    'brighter by a half': (picture) => picture.modulate({ brightness: 1.5 }),
  };
}

/** Adds grey noise of this deviation, of 255, the same for every picture. */
function noisy(picture: Sharp, side: number, deviation: number): Sharp {
  const random = randomNumbers(side + deviation);
  const pixels = Buffer.alloc(side * side * 4);
  for (let at = 0; at < pixels.length; at += 4) {
    const value = deviation * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    // Laid over as black or white, as opaque as the noise is strong.
    pixels.fill(value < 0 ? 0 : 255, at, at + 3);
    pixels[at + 3] = Math.min(255, 2 * Math.abs(value));
  }
  return picture.composite([{ input: pixels, raw: { width: side, height: side, channels: 4 } }]);
}

/** At the size that the model sees, so that a change means the same for every picture. */
export function atModelSize(bytes: Uint8Array, size: number): Promise<Buffer> {
  return sharp(bytes).resize(size, size, { kernel: 'cubic', fit: 'cover' }).png().toBuffer();
}

export function changed(picture: Buffer, change: Change): Promise<Buffer> {
  return change(sharp(picture)).toBuffer();
}
