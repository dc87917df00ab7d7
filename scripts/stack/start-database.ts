import path from 'node:path';
import pg from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '#server/platform/embedded-postgres.ts';
import { type Supervised, supervise } from './supervise.ts';

export interface DatabaseOptions {
  readonly dataFolder: string;
  readonly port: number;
  readonly password: string;
  readonly onNote: (sentence: string) => void;
  readonly onChange: (pid: number | undefined) => void;
}

export interface StackDatabase {
  readonly url: string;
  readonly supervised: Supervised;
}

const databaseName = 'modelyard';

/** The embedded PostgreSQL, watched, with the product's database in it. */
export async function startDatabase(options: DatabaseOptions): Promise<StackDatabase> {
  let server: EmbeddedPostgres | undefined;
  const supervised = await supervise({
    name: 'postgresql',
    async start() {
      server = await startEmbeddedPostgres({
        folder: path.join(options.dataFolder, 'postgres'),
        port: options.port,
        password: options.password,
        onNote: options.onNote,
      });
      const { pid, exited, stop } = server;
      return { pid, ended: exited.then(() => 'it stopped'), stop };
    },
    onStart: (running) => options.onChange(running.pid),
    onEnd(how, nextTryMs) {
      options.onChange(undefined);
      options.onNote(`postgresql ended (${how}); starting it again in ${nextTryMs} ms`);
    },
  });
  if (!server) throw new Error('PostgreSQL did not start.');
  try {
    await createDatabase(server.databaseUrl('postgres'));
  } catch (error) {
    await supervised.stop();
    throw error;
  }
  return { url: server.databaseUrl(databaseName), supervised };
}

async function createDatabase(serverUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${databaseName}`);
  } finally {
    await client.end();
  }
}
