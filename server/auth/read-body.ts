import { BytePieces } from '#server/platform/byte-pieces.ts';

/** The body as text, or null when it is longer than allowed: reading stops there. */
export async function readBodyWithin(request: Request, bytesMax: number): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) return null;
  if (!request.body) return '';
  const pieces = new BytePieces();
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    if (pieces.bytes + chunk.byteLength > bytesMax) return null;
    pieces.add(chunk);
  }
  const { buffer, byteOffset, byteLength } = pieces.joined();
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
}
