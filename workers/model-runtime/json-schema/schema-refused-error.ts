/** The customer's schema asks for what a grammar can't keep, or is none. */
export class SchemaRefusedError extends Error {
  override readonly name = 'SchemaRefusedError';
  /** Where: a JSON Pointer (RFC 6901) from the schema's root, `` for the root itself. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
