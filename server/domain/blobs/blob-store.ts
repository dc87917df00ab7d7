export interface StoredBlob {
  readonly name: string;
  readonly writtenAt: Date;
}

/** Bytes by name, written and read piece by piece. A name is `folder/name`, made of letters, digits, `-`, `_` and `.`. */
export interface BlobStore {
  /** Whole or not at all, durable once it resolves; in the place of what had the name. */
  write(name: string, pieces: AsyncIterable<Uint8Array>): Promise<{ readonly bytes: number }>;
  /** Null: there is none of that name. */
  read(name: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Also where there is none. */
  remove(name: string): Promise<void>;
  /** All there are, what was never finished too, a folder after the other. */
  list(): AsyncIterable<StoredBlob>;
}
