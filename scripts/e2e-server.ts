import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildProduct, generateClient } from './build/build-product.ts';
import { stopOnSignals } from './up/stop-on-signals.ts';

// `tsx scripts/e2e-server.ts READY_FILE`: the production build on a fresh database, in a data folder of its own, for
// the browser tests. Ports: WEB_PORT, API_PORT, or the first free ones from 3100 and 4200. When all is ready it writes
// READY_FILE with what `npm run up` writes into ready.json. SIGTERM stops it and removes the data.
const root = path.resolve(import.meta.dirname, '..');
const readyFile = process.argv[2];
if (!readyFile) throw new Error('usage: tsx scripts/e2e-server.ts READY_FILE');
const say = (sentence: string) => process.stdout.write(`${sentence}\n`);

await generateClient({ root, onStep: say });
const [{ startStack }, { writeSecretJson }] = await Promise.all([
  import('./stack/start-stack.ts'),
  import('./stack/data-folder.ts'),
]);
const dataFolder = await mkdtemp(path.join(tmpdir(), 'modelyard-e2e-'));
await rm(readyFile, { force: true });

const starting = startStack({
  root,
  dataFolder,
  environment: {
    ...process.env,
    DATABASE_URL: '',
    SMTP_URL: '',
    PORT: '',
    // The receivers of the tests stand on this machine.
    WEBHOOKS_TO_PRIVATE_ADDRESSES: '1',
  },
  usualPorts: { web: 3100, inference: 4200, background: 4300, database: 54_400 },
  seedsDemo: true,
  build: async () => {
    await buildProduct({ root, onStep: say });
  },
  onNote: say,
});
stopOnSignals(async () => {
  const stack = await starting.catch(() => undefined);
  await stack?.stop();
  await rm(dataFolder, { recursive: true, force: true });
  await rm(readyFile, { force: true });
});
const { webUrl, apiUrl, databaseUrl, demo, pids } = await starting;
writeSecretJson(path.resolve(readyFile), {
  webUrl,
  apiUrl,
  databaseUrl,
  demoEmail: demo?.email,
  demoPassword: demo?.password,
  demoKey: demo?.key,
  dataFolder,
  pids: pids(),
});
say(`ready    ${webUrl}`);
