/** Pictures of one size, one after another: [count, side, side, 3], red, green and blue of each pixel in bytes. */
export interface PictureSet {
  readonly side: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array; // one a picture
}

/** Of each channel, of values from 0 to 1. */
export interface ChannelStatistics {
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

export function pictureCount({ labels }: PictureSet): number {
  return labels.length;
}
