/** So many are kept as they came, which is how nearly every body comes whole. */
const KEPT_AS_THEY_COME = 64;
/** Shorter ones are copied together after that. */
const SHORT_BYTES = 4 * 1024;
const BLOCK_BYTES = 64 * 1024;
const noBlock = Buffer.alloc(0);

/**
 * The pieces of a body until it is whole. Each is an object of a hundred bytes and more, so that a body which comes byte
 * by byte (a chunk each, in HTTP) would take a hundred times its length.
 */
export class BytePieces {
  #bytes = 0;
  readonly #kept: Uint8Array[] = [];
  #block = noBlock;
  /** What of the block stands among the kept, and what is written. */
  #from = 0;
  #to = 0;

  add(piece: Uint8Array): void {
    this.#bytes += piece.byteLength;
    if (piece.byteLength >= SHORT_BYTES || this.#kept.length < KEPT_AS_THEY_COME) {
      this.#keepWritten();
      this.#kept.push(piece);
      return;
    }
    if (piece.byteLength > this.#block.length - this.#to) {
      this.#keepWritten();
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
      this.#from = 0;
      this.#to = 0;
    }
    this.#block.set(piece, this.#to);
    this.#to += piece.byteLength;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** All of them, in their order. */
  joined(): Uint8Array {
    this.#keepWritten();
    const [first] = this.#kept;
    return first && this.#kept.length === 1 ? first : Buffer.concat(this.#kept, this.#bytes);
  }

  /** The rest of the block is written on. */
  #keepWritten(): void {
    if (this.#to > this.#from) this.#kept.push(this.#block.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }
}
