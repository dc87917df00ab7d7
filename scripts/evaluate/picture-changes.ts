import sharp, { type Sharp } from 'sharp';

type Change = (picture: Sharp) => Sharp;

/** What a viewer would see through, weaker and stronger. */
export const PICTURE_CHANGES: Readonly<Record<string, Change>> = {
  'blur, 2 pixels': (picture) => picture.blur(2),
  'blur, 4 pixels': (picture) => picture.blur(4),
  'JPEG, quality 30': (picture) => picture.jpeg({ quality: 30 }),
  'JPEG, quality 10': (picture) => picture.jpeg({ quality: 10 }),
  'turned by 5 degrees': (picture) => picture.rotate(5, { background: '#808080' }),
  'turned by 15 degrees': (picture) => picture.rotate(15, { background: '#808080' }),
  'darker by a third': (picture) => picture.modulate({ brightness: 0.67 }),
  'brighter by a half': (picture) => picture.modulate({ brightness: 1.5 }),
};

/** At the size that the model sees, so that a change means the same for every picture. */
export function atModelSize(bytes: Uint8Array, size: number): Promise<Buffer> {
  return sharp(bytes).resize(size, size, { kernel: 'cubic', fit: 'cover' }).png().toBuffer();
}

export function changed(picture: Buffer, change: Change): Promise<Buffer> {
  return change(sharp(picture)).toBuffer();
}
