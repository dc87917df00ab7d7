#!/usr/bin/env node
// Stands in for Prisma's native `schema-engine`, for development: `prisma migrate dev | status | diff | deploy`.
// Prisma starts this program and speaks JSON-RPC over its standard streams; behind it works the same engine, compiled
// to WebAssembly, which Prisma publishes as a package. The product itself never needs it: see server/platform/migrate.ts.
import { readArguments } from './arguments.mjs';
import { runDatabaseCommand } from './database-commands.mjs';
import { serveRequests } from './json-rpc.mjs';

const options = readArguments(process.argv.slice(2));
if (options.asksVersion) {
  process.stdout.write('schema-engine-cli wasm\n');
} else if (options.databaseCommand) {
  process.exitCode = await runDatabaseCommand(options.databaseCommand, options.databaseUrl);
} else {
  const { createEngine } = await import('./engine.mjs');
  await serveRequests(() => createEngine(options));
  process.exit(0);
}
