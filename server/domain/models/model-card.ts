/**
 * What a built-in model's metrics.json says of it. Only what every model has is named; the figures beside it differ
 * by task and are passed on as they stand.
 */
export interface ModelCard {
  readonly id: string;
  readonly task: string;
  readonly version: string;
  readonly [figure: string]: unknown;
}

export interface ModelCards {
  list(): Promise<readonly ModelCard[]>;
  /** Names of the built-in models that the API serves, adapters too: not every model that was measured is one. */
  callable(): Promise<readonly string[]>;
}
