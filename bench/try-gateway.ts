import path from 'node:path';
import { startBenchDatabase } from './bench-database.ts';
import { bundleTo } from './bench-processes.ts';
import { measureGateway } from './measure-gateway.ts';
const folder = path.resolve('.modelyard/bench');
await bundleTo(folder);
const db = await startBenchDatabase(1);
try {
  console.log(
    JSON.stringify(
      await measureGateway(folder, db, {
        rounds: Number(process.argv[2] ?? 2),
        roundMs: Number(process.argv[3] ?? 4000),
      }),
      null,
      1,
    ),
  );
} finally {
  await db.stop();
}
