import type { AvifItems } from './avif-items.ts';

/**
 * Of each pixel that is decoded: the decoder keeps whole frames in 16 bits, with what it knows of each block. Measured:
 * 18 to 25, by depth, colour subsampling and alpha.
 */
const DECODED_BYTES = 24;
/** Of each pixel that parts are put together to. */
const CANVAS_BYTES = 12;
/** So many parts are decoded at the same time, whatever sharp is told of threads. */
const PARTS_AT_ONCE = 4;
const DECODED_TYPES: ReadonlySet<string> = new Set(['av01', 'grid']);

/**
 * What decoding an AVIF keeps in memory at once. Its picture's size tells too little: the alpha may be larger, a grid has
 * up to 65,536 parts, which may all be the same one, and an item may have any number of frames, of which the last one is
 * shown. Infinite: more than `pixelsMax` are decoded in all; or there
 * are parts of parts or auxiliaries of auxiliaries, which multiply; or pictures laid over one another, on a canvas whose
 * size stands elsewhere. Nobody needs those.
 */
export function avifHeldBytes(items: AvifItems, pixelsMax: number): number {
  const { types, pixels, frames, parts, auxiliaries } = items;
  let [all, largest, largestPart] = [0, 0, 0];
  for (const { item, isPart, isAuxiliary } of decodedOf(items)) {
    const isDeeper = (isPart && parts.has(item)) || (isAuxiliary && auxiliaries.has(item));
    if (isDeeper || !DECODED_TYPES.has(types.get(item) ?? '')) return Number.POSITIVE_INFINITY;
    const size = Math.max(1, pixels.get(item) ?? Number.POSITIVE_INFINITY);
    all += size * Math.max(1, frames.get(item) ?? 0);
    if (all > pixelsMax) return Number.POSITIVE_INFINITY;
    if (isPart) largestPart = Math.max(largestPart, size);
    largest = Math.max(largest, size);
  }
  const together = CANVAS_BYTES * largest + PARTS_AT_ONCE * DECODED_BYTES * largestPart;
  return Math.max(DECODED_BYTES * largest, together);
}

interface Decoded {
  readonly item: number;
  readonly isPart: boolean;
  readonly isAuxiliary: boolean;
}

/** One by one, since there may be millions. */
function* decodedOf({ primary, parts, auxiliaries }: AvifItems): Generator<Decoded> {
  function* withAuxiliaries(item: number, isPart: boolean): Generator<Decoded> {
    yield { item, isPart, isAuxiliary: false };
    for (const other of auxiliaries.get(item) ?? []) yield { item: other, isPart, isAuxiliary: true };
  }
  for (const whole of withAuxiliaries(primary, false)) {
    yield whole;
    for (const part of parts.get(whole.item) ?? []) yield* withAuxiliaries(part, true);
  }
}
