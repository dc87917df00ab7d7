import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { chromium } from '@playwright/test';

const systemNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** A Chromium: the one that is named, Playwright's own, the system's; where there is none, one is installed. */
export async function findBrowser(): Promise<string | undefined> {
  return named() ?? playwrightsOwn() ?? onPath() ?? installed();
}

function named(): string | undefined {
  const file = process.env.PLAYWRIGHT_CHROMIUM;
  if (!file) return undefined;
  if (isProgram(file)) return file;
  throw new Error(`PLAYWRIGHT_CHROMIUM is not a program: ${file}`);
}

function playwrightsOwn(): string | undefined {
  const file = chromium.executablePath();
  return isProgram(file) ? file : undefined;
}

function onPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  const candidates = systemNames.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...candidates, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'].find(isProgram);
}

function installed(): string | undefined {
  const playwright = createRequire(import.meta.url).resolve('@playwright/test/cli');
  spawnSync(process.execPath, [playwright, 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 });
  const own = playwrightsOwn();
  if (own || process.getuid?.() !== 0) return own;
  spawnSync('apt-get', ['update'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], {
    stdio: 'ignore',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return onPath();
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
