import type { Pool, QueryConfig } from 'pg';

export interface Readiness {
  isReady(): Promise<boolean>;
  /** From here on it is not ready, so that no new traffic is sent. */
  startDraining(): void;
}

const pingTimeoutMs = 1_000;

export function createReadiness({
  pool,
  modelsReady,
}: {
  readonly pool: Pool;
  readonly modelsReady: Promise<unknown>;
}): Readiness {
  let models = false;
  let draining = false;
  modelsReady.then(
    () => {
      models = true;
    },
    () => {},
  );

  return {
    async isReady() {
      if (draining || !models) return false;
      const ping: QueryConfig & { readonly query_timeout: number } = {
        text: 'SELECT 1',
        query_timeout: pingTimeoutMs,
      };
      return pool.query(ping).then(
        () => !draining,
        () => false,
      );
    },
    startDraining() {
      draining = true;
    },
  };
}
