import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { forEngine } from './adapter.mjs';

const require = createRequire(import.meta.url);

/** The engine over a connection to the database. */
export async function createEngine({ datamodels, databaseUrl }) {
  const { SchemaEngine } = await loadWebAssembly();
  const address = new URL(databaseUrl);
  const adapter = new PrismaPg(
    {
      host: address.hostname,
      port: Number(address.port || 5432),
      user: decodeURIComponent(address.username),
      password: decodeURIComponent(address.password),
      database: decodeURIComponent(address.pathname.slice(1)),
    },
    { schema: address.searchParams.get('schema') ?? undefined },
  );
  const factory = bindMigrationAwareSqlAdapterFactory(forEngine(adapter));
  return SchemaEngine.new({ datamodels: datamodels.length > 0 ? datamodels : undefined }, () => {}, factory);
}

async function loadWebAssembly() {
  const folder = path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg'));
  const glue = await import(pathToFileURL(path.join(folder, 'schema_engine_bg.js')).href);
  // The engine hands a panic's text here before it aborts.
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => process.stderr.write(`${message}\n`) };
  const bytes = readFileSync(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue;
}
