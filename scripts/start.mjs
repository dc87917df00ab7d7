// `npm run start:web | start:inference | start:background`: one process alone, from what was built.
//
// In production everything comes from the environment. In development, what is not set is taken from the data folder
// of `npm run up`, so that `PORT=4001 npm run start:inference` is one more gateway on the same database.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { checkNode } from './up/check-node.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const entries = {
  web: 'dist/scripts/start-web.js',
  inference: 'dist/workers/inference/main.js',
  background: 'dist/workers/background/main.js',
};
const entry = entries[process.argv[2]];

const complaint = checkNode(process.versions.node);
if (complaint) fail(complaint);
if (!entry) fail(`Say which: ${Object.keys(entries).join(', ')}.`);
if (!existsSync(path.join(root, entry))) fail('Nothing is built yet. Run: npm run build');

process.chdir(root);
if (existsSync('.env')) process.loadEnvFile('.env');
const isProduction = process.env.NODE_ENV === 'production';
if (!isProduction) fillFromDataFolder();
// React and Next tell their production builds by it.
process.env.NODE_ENV = 'production';
process.argv.splice(1, 2, path.join(root, entry));
await import(pathToFileURL(path.join(root, entry)).href);

function fillFromDataFolder() {
  const folder = path.resolve(root, process.env.DATA_DIR_MODELYARD || '.modelyard');
  const ready = readJson(path.join(folder, 'ready.json'));
  const secrets = readJson(path.join(folder, 'secrets.json'));
  const defaults = {
    DATABASE_URL: ready.databaseUrl,
    MODELYARD_SECRET: secrets.masterSecret ?? makeSecret(folder, secrets),
    WEB_URL: ready.webUrl,
    API_URL: ready.apiUrl,
    MODELYARD_DEMO: ready.demoEmail ? '1' : undefined,
  };
  for (const [name, value] of Object.entries(defaults)) {
    if (value && !process.env[name]) process.env[name] = value;
  }
  if (!process.env.DATABASE_URL)
    fail('No database. Start `npm run up` first, or set DATABASE_URL (see .env.example).');
}

/** Kept where `npm run up` looks for it, so that what one seals the other opens. */
function makeSecret(folder, secrets) {
  if (process.env.MODELYARD_SECRET) return;
  const masterSecret = randomBytes(32).toString('base64url');
  mkdirSync(folder, { recursive: true });
  const text = `${JSON.stringify({ ...secrets, masterSecret }, null, 2)}\n`;
  writeFileSync(path.join(folder, 'secrets.json'), text, { mode: 0o600 });
  return masterSecret;
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return {};
  }
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
