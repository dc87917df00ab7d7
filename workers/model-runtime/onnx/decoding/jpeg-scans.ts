const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;

/**
 * How often a JPEG goes over its picture: once, or some ten times where it is stored in passes. Counted as a decoder finds
 * them, marker by marker up to the end of the picture: what stands behind it (another picture, a film) is none of it. No
 * more are counted than are asked for.
 */
export function jpegScans(bytes: Uint8Array, most: number): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let scans = 0;
  for (let at = file.indexOf(0xff, 2); at >= 0 && scans < most; at = file.indexOf(0xff, at)) {
    while (file[at] === 0xff) at++;
    const marker = file[at++] ?? END_OF_IMAGE;
    if (marker === END_OF_IMAGE) break;
    if (standsAlone(marker)) continue;
    if (marker === START_OF_SCAN) scans++;
    if (at + 2 > file.length) break;
    at += Math.max(2, file.readUInt16BE(at));
  }
  return scans;
}

/** A byte of the coding that looks like a marker; TEM, the restarts, the start of the image. */
function standsAlone(marker: number): boolean {
  return marker <= 0x01 || (marker >= 0xd0 && marker <= 0xd8);
}
