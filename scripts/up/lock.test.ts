import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockDataFolder } from './lock.ts';

let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'modelyard-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

const lockFile = () => path.join(folder, 'up.lock');

async function startNode(): Promise<ChildProcess & { readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  children.push(child);
  return child as ChildProcess & { readonly pid: number };
}

describe('the lock of a data folder', () => {
  it('makes the folder for its owner alone, holds it, and lets go', () => {
    const data = path.join(folder, 'a/b');
    const unlock = lockDataFolder(data);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(readFileSync(path.join(data, 'up.lock'), 'utf8')).toBe(String(process.pid));
    expect(statSync(path.join(data, 'up.lock')).mode & 0o777).toBe(0o600);
    unlock();
    expect(existsSync(path.join(data, 'up.lock'))).toBe(false);
  });

  it('is refused while another start holds it, with the number of its process', async () => {
    const { pid } = await startNode();
    writeFileSync(lockFile(), String(pid));
    expect(() => lockDataFolder(folder)).toThrow(
      `This checkout is already up, or is starting (process ${pid}). Stop that one with Ctrl-C or: kill ${pid}`,
    );
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(pid));
  });

  it('is taken over from a start that was killed', async () => {
    const child = await startNode();
    writeFileSync(lockFile(), String(child.pid));
    const ended = once(child, 'exit');
    children.splice(0);
    child.kill('SIGKILL');
    await ended;
    lockDataFolder(folder);
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
  });

  it.each(['', 'nonsense', '-1', '99999999999'])('is taken over when it says %j', (text) => {
    writeFileSync(lockFile(), text);
    lockDataFolder(folder);
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
  });

  it('is taken over when its process number is now that of another program', async () => {
    const child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    children.push(child);
    writeFileSync(lockFile(), String(child.pid));
    lockDataFolder(folder);
    expect(readFileSync(lockFile(), 'utf8')).toBe(String(process.pid));
  });
});

describe('a data folder that can’t be had', () => {
  const sentence = (data: string) => `The data folder ${data} can't be written`;

  it('is named when its parent is a file', () => {
    writeFileSync(path.join(folder, 'file'), '');
    const data = path.join(folder, 'file/deeper/data');
    expect(() => lockDataFolder(data)).toThrow(sentence(data));
    expect(() => lockDataFolder(data)).toThrow('Make it writable, or set DATA_DIR_MODELYARD');
  });

  it.runIf(process.platform === 'linux')('is named below /proc, where nobody can make one', () => {
    for (const data of ['/proc/modelyard/data', '/proc/self/modelyard', '/proc']) {
      expect(() => lockDataFolder(data)).toThrow(sentence(data));
    }
  });

  it.runIf(process.getuid?.() !== 0)('is named when it may not be written', () => {
    chmodSync(folder, 0o500);
    expect(() => lockDataFolder(path.join(folder, 'data'))).toThrow(sentence(path.join(folder, 'data')));
    chmodSync(folder, 0o700);
  });
});
