import type sharpModule from 'sharp';
import type { ImageRefusalReason, ImageRefused, PictureSize } from '../../model-runtime.ts';
import { type ImageType, sniffImage } from '../../sniff-image.ts';
import type { ImagePreparation } from '../image-model-folder.ts';
import { avifHeldBytes } from './avif-held-bytes.ts';
import { readAvifItems, withoutExif } from './avif-items.ts';
import { exifLoops } from './exif-loops.ts';
import { HELD_BYTES_MAX, heldBytes } from './held-bytes.ts';
import { jpegScans } from './jpeg-scans.ts';
import { withoutTexts } from './png-texts.ts';

type Sharp = typeof sharpModule;

/** More than a large phone's camera gives; a header that says more is refused before anything is decoded. */
export const PIXELS_MAX = 50_000_000;
const DECODE_TIMEOUT_S = 5;
/** The decoder reads through all of them before it gives the first, each time from the start. */
const WEBP_FRAMES_MAX = 5_000;
/** The decoder goes over all the picture for each of them, before it gives any of it: so many, of so many pixels together. */
const JPEG_SCANS_MAX = 100;
const JPEG_SCANNED_PIXELS_MAX = 1_500_000_000;

/** libvips' name of the only loader of each type; all others are blocked. */
const LOADERS: Readonly<Record<ImageType, string>> = {
  jpeg: 'VipsForeignLoadJpegBuffer',
  png: 'VipsForeignLoadPngBuffer',
  webp: 'VipsForeignLoadWebpBuffer',
  avif: 'VipsForeignLoadHeifBuffer',
  gif: 'VipsForeignLoadNsgifBuffer',
};

/** As the library names what its loaders read. */
const FORMATS: Readonly<Record<ImageType, string>> = {
  jpeg: 'jpeg',
  png: 'png',
  webp: 'webp',
  avif: 'heif',
  gif: 'gif',
};

export interface ImageDecoder {
  /** Red, green and blue of each pixel of the square that the model sees, row by row. */
  decode(bytes: Uint8Array): Promise<Uint8Array | ImageRefused>;
  /** The same, with the upright picture's size. */
  decodeWithSize(bytes: Uint8Array): Promise<DecodedImage | ImageRefused>;
}

export interface DecodedImage {
  readonly pixels: Uint8Array;
  readonly picture: PictureSize;
}

/** Imported late and for this process alone: nothing is kept between pictures, and one thread decodes. */
export async function openImageDecoder(preparation: ImagePreparation): Promise<ImageDecoder> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  sharp.concurrency(1);
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: Object.values(LOADERS) });
  const decodeWithSize = (bytes: Uint8Array) => decode(sharp, bytes, preparation);
  return {
    async decode(bytes) {
      const decoded = await decodeWithSize(bytes);
      return 'refused' in decoded ? decoded : decoded.pixels;
    },
    decodeWithSize,
  };
}

/** The whole's first frame, turned as its EXIF says, transparency over white, its middle resized by bicubic filter. */
async function decode(
  sharp: Sharp,
  bytes: Uint8Array,
  { resizeTo, cropTo }: ImagePreparation,
): Promise<DecodedImage | ImageRefused> {
  const type = sniffImage(bytes);
  if (typeof type !== 'string') return type;
  const refused = type === 'avif' ? avifRefusal(bytes) : openingRefusal(bytes, type);
  if (refused) return refusal(refused);
  const margin = Math.floor((resizeTo - cropTo) / 2);
  try {
    const options = {
      limitInputPixels: PIXELS_MAX,
      pages: 1,
      failOn: 'error',
      sequentialRead: true,
    } as const;
    const picture = sharp(shownBy(bytes, type), options);
    const header = await picture.metadata();
    if (header.format !== FORMATS[type]) return refusal('damaged');
    if (heldBytes(header) > HELD_BYTES_MAX) return refusal('too_many_pixels');
    if (type === 'jpeg' && hasTooManyScans(bytes, header)) return refusal('too_slow');
    const { data, info } = await picture
      .autoOrient()
      .flatten({ background: '#ffffff' })
      .resize(resizeTo, resizeTo, { fit: 'cover', kernel: 'cubic' })
      .extract({ left: margin, top: margin, width: cropTo, height: cropTo })
      .toColourspace('srgb')
      .timeout({ seconds: DECODE_TIMEOUT_S })
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return info.channels === 3 ? { pixels: data, picture: header.autoOrient } : refusal('damaged');
  } catch (error) {
    return refusal(reasonOf(error));
  }
}

function avifRefusal(bytes: Uint8Array): ImageRefusalReason | null {
  const items = readAvifItems(bytes);
  if (!items) return 'damaged';
  return avifHeldBytes(items, PIXELS_MAX) > HELD_BYTES_MAX ? 'too_many_pixels' : null;
}

/** Without what the decoder would read and does not show. */
function shownBy(bytes: Uint8Array, type: ImageType): Uint8Array {
  if (type === 'avif') return withoutExif(bytes);
  return type === 'png' ? withoutTexts(bytes) : bytes;
}

/** No time limit ends a decoder that has not begun to decode. */
function openingRefusal(bytes: Uint8Array, type: ImageType): ImageRefusalReason | null {
  const hasTooManyFrames = type === 'webp' && framesOf(bytes) > WEBP_FRAMES_MAX;
  return hasTooManyFrames || exifLoops(bytes, type) ? 'too_slow' : null;
}

function hasTooManyScans(bytes: Uint8Array, { width, height }: PictureSize): boolean {
  const scans = jpegScans(bytes, JPEG_SCANS_MAX + 1);
  return scans > JPEG_SCANS_MAX || scans * width * height > JPEG_SCANNED_PIXELS_MAX;
}

/** Of a WebP, by the name of their chunks; no more are counted than it takes. */
function framesOf(bytes: Uint8Array): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frames = 0;
  for (let at = file.indexOf('ANMF'); at >= 0 && frames <= WEBP_FRAMES_MAX; frames++) {
    at = file.indexOf('ANMF', at + 1);
  }
  return frames;
}

/** The library has sentences and no codes. */
function reasonOf(error: unknown): ImageRefusalReason {
  const sentence = error instanceof Error ? error.message : String(error);
  if (/pixel limit|exceeds.*(dimension|limit)|too large|out of range/i.test(sentence))
    return 'too_many_pixels';
  if (/timeout/i.test(sentence)) return 'too_slow';
  return 'damaged';
}

function refusal(reason: ImageRefusalReason): ImageRefused {
  return { refused: 'image_unreadable', reason };
}
