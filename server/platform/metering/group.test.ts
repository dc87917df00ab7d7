import { describe, expect, it, vi } from 'vitest';
import { DatabaseAwayError, QueueFullError } from '#server/domain/usage/metering.ts';
import { createGroup, type GroupOptions } from './group.ts';

const group = (options: Partial<GroupOptions<string, string>>) =>
  createGroup<string, string>({
    run: async (rows) => rows.map((row) => row.toUpperCase()),
    rowsMax: 4,
    queueMax: 100,
    callsMax: 1,
    toAwayError: (cause) => new DatabaseAwayError('away', { cause }),
    ...options,
  });

const sqlError = (code: string) => Object.assign(new Error('no'), { code, severity: 'ERROR' });
const connectionError = () => Object.assign(new Error('gone'), { code: 'ECONNRESET' });

describe('createGroup', () => {
  it('sends what waits together, and what comes meanwhile in the next call', async () => {
    const calls: string[][] = [];
    const { submit } = group({
      run: async (rows) => {
        calls.push([...rows]);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return rows.map((row) => row.toUpperCase());
      },
    });
    const first = [submit('a'), submit('b')];
    await new Promise((resolve) => setTimeout(resolve, 2));
    const second = [submit('c'), submit('d')];
    expect(await Promise.all([...first, ...second])).toEqual(['A', 'B', 'C', 'D']);
    expect(calls).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it('splits what is more than a call takes', async () => {
    const run = vi.fn(async (rows: readonly string[]) => [...rows]);
    const { submit } = group({ run });
    await Promise.all(['1', '2', '3', '4', '5', '6'].map((row) => submit(row)));
    expect(run.mock.calls.map(([rows]) => rows.length)).toEqual([4, 2]);
  });

  it('fails a poisoned row alone', async () => {
    const { submit } = group({
      run: async (rows) => {
        if (rows.includes('poison')) throw sqlError('22P02');
        return rows.map((row) => row.toUpperCase());
      },
    });
    const answers = await Promise.allSettled(['a', 'poison', 'b', 'c'].map((row) => submit(row)));
    expect(answers.map((answer) => answer.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
  });

  it('does not repeat a call whose connection was lost, unless told that it may', async () => {
    const run = vi.fn(async (): Promise<string[]> => {
      throw connectionError();
    });
    await expect(group({ run }).submit('a')).rejects.toBeInstanceOf(DatabaseAwayError);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('repeats a call over a lost connection until its time', async () => {
    let lost = 3;
    const { submit } = group({
      run: async (rows) => {
        if (lost-- > 0) throw connectionError();
        return [...rows];
      },
    });
    const forever = submit('a', { retryUntilMs: Date.now() + 5_000 });
    const once = submit('b');
    await expect(once).rejects.toBeInstanceOf(DatabaseAwayError);
    expect(await forever).toBe('a');
    const dead = group({ run: () => Promise.reject(connectionError()) });
    await expect(dead.submit('a', { retryUntilMs: Date.now() + 60 })).rejects.toBeInstanceOf(
      DatabaseAwayError,
    );
  });

  it('repeats a transaction that lost a race', async () => {
    let deadlocks = 2;
    const { submit } = group({
      run: async (rows) => {
        if (deadlocks-- > 0) throw sqlError('40P01');
        return [...rows];
      },
    });
    expect(await submit('a')).toBe('a');
  });

  it('takes cancelled rows out of the queue, but not off the way', async () => {
    const run = vi.fn(async (rows: readonly string[]) => [...rows]);
    const { submit } = group({ run });
    const leaving = new AbortController();
    const left = submit('a', { signal: leaving.signal });
    const stays = submit('b');
    leaving.abort(new Error('hung up'));
    await expect(left).rejects.toThrow('hung up');
    expect(await stays).toBe('b');
    expect(run.mock.calls).toEqual([[['b']]]);
  });

  it('bounds the queue', async () => {
    const { submit } = group({ queueMax: 1 });
    const fine = submit('a');
    await expect(submit('b')).rejects.toBeInstanceOf(QueueFullError);
    expect(await fine).toBe('A');
  });

  it('takes a missing result for an error', async () => {
    const { submit } = group({ run: async () => [] });
    await expect(submit('a')).rejects.toThrow('no result');
  });

  it('is idle once everything is answered', async () => {
    const made = group({});
    const answered = vi.fn();
    void made.submit('a').then(answered);
    await made.idle();
    expect(answered).toHaveBeenCalled();
  });
});
