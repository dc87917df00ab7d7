import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const stamp = path.join(root, 'node_modules/.installed-from');

/** Installs the packages of the lock file, unless exactly those are installed. */
export async function installPackages(say = (sentence) => process.stdout.write(`${sentence}\n`)) {
  const wanted = digestOfLock();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('installing packages');
  const started = Date.now();
  const still = setInterval(
    () => say(`still installing packages (${Math.round((Date.now() - started) / 1000)} s)`),
    15_000,
  );
  try {
    // Not `npm ci`: it refuses a lock file made where the registry lacks some other platform's optional packages.
    // Building takes the development packages too, also with NODE_ENV=production.
    // No install scripts but those below: an older npm knows nothing of `allowScripts` in package.json, and would
    // let the native training engine's packages download half a gigabyte.
    const quietly = ['--no-audit', '--no-fund', '--loglevel=error'];
    await npm(['install', '--no-save', '--include=dev', '--ignore-scripts', ...quietly]);
    await npm(['rebuild', ...packagesWithScripts(), ...quietly]);
  } finally {
    clearInterval(still);
  }
  writeFileSync(stamp, digestOfLock());
  say(`installed packages in ${Math.round((Date.now() - started) / 1000)} s`);
}

/** What package.json allows to run scripts, as far as it is there: most of it is for other platforms. */
function packagesWithScripts() {
  const { allowScripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return Object.keys(allowScripts).filter(
    (name) => allowScripts[name] && existsSync(path.join(root, 'node_modules', name)),
  );
}

function digestOfLock() {
  return createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
}

/** The npm that runs us, if one does: it need not be on the PATH. */
function npm(args) {
  const own = process.env.npm_execpath;
  const [program, ...first] = own?.endsWith('.js') ? [process.execPath, own] : ['npm'];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...first, ...args], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32' && first.length === 0,
    });
    child.on('error', (error) => reject(new Error(`npm did not start: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args[0]} failed (${code ?? signal}). What it said stands above.`));
    });
  });
}
