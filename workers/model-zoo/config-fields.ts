/** The fields of a Hugging Face `config.json`, each with the bounds that keep a model from outside within reason. */
export type ConfigFields = Readonly<Record<string, unknown>>;

export class ModelConfigError extends Error {
  override readonly name = 'ModelConfigError';
}

export function configFields(json: unknown): ConfigFields {
  if (typeof json !== 'object' || json === null) throw new ModelConfigError('config.json is not an object.');
  return json as ConfigFields;
}

export function expectValue(config: ConfigFields, key: string, expected: string, ifAbsent?: string) {
  const value = config[key] ?? ifAbsent;
  if (value !== expected) {
    throw new ModelConfigError(
      `config.json: ${key} is ${JSON.stringify(value)}; only "${expected}" is known.`,
    );
  }
}

export function count(config: ConfigFields, key: string, max: number, ifAbsent?: number): number {
  const value = config[key] ?? ifAbsent;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > max) {
    throw new ModelConfigError(`config.json: ${key} is no whole number from 1 to ${max}.`);
  }
  return value;
}

export function fraction(config: ConfigFields, key: string, ifAbsent: number): number {
  const value = config[key] ?? ifAbsent;
  if (typeof value !== 'number' || !(value >= 0 && value < 1)) {
    throw new ModelConfigError(`config.json: ${key} is no number from 0 to 1.`);
  }
  return value;
}

/** A number above 0. */
export function positive(config: ConfigFields, key: string, max: number, ifAbsent?: number): number {
  const value = config[key] ?? ifAbsent;
  if (typeof value !== 'number' || !(value > 0 && value <= max)) {
    throw new ModelConfigError(`config.json: ${key} is no number above 0 up to ${max}.`);
  }
  return value;
}

export function flag(config: ConfigFields, key: string, ifAbsent: boolean): boolean {
  const value = config[key] ?? ifAbsent;
  if (typeof value !== 'boolean')
    throw new ModelConfigError(`config.json: ${key} is neither true nor false.`);
  return value;
}

/** What would change the forward pass in a way that is not written here. */
export function expectOff(config: ConfigFields, ...keys: string[]): void {
  for (const key of keys) {
    const value = config[key] ?? false;
    if (value !== false) {
      throw new ModelConfigError(`config.json: ${key} is ${JSON.stringify(value)}; only false is known.`);
    }
  }
}
