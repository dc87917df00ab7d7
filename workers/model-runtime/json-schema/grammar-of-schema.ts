/** The schema can't be made a grammar of: says where, and why. */
export class SchemaRefusedError extends Error {
  override readonly name = 'SchemaRefusedError';
  readonly path: string;

  constructor({ path, message }: { readonly path: string; readonly message: string }) {
    super(message);
    this.path = path;
  }
}

export function grammarOfSchema(_schema: unknown): string {
  throw new SchemaRefusedError({ path: '', message: 'Schemas are not supported.' });
}
