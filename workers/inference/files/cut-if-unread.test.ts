import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FreeEndpoint } from '../endpoint.ts';
import type { WithAdmission } from '../stages/admit.ts';
import { respondFree } from '../stages/respond.ts';
import { cutIfUnread } from './cut-if-unread.ts';

const stalledMs = 100;

function bytesOf(pieces: number, onCancel = () => {}) {
  let left = pieces;
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (left-- > 0) controller.enqueue(Buffer.from('piece'));
        else controller.close();
      },
      cancel: onCancel,
    },
    { highWaterMark: 0 },
  );
}

describe('a download', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('ends the connection of who does not begin to read it', async () => {
    const cut = vi.fn();
    cutIfUnread(bytesOf(3), { stalledMs, cut });
    await vi.advanceTimersByTimeAsync(stalledMs - 1);
    expect(cut).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(cut).toHaveBeenCalledOnce();
  });

  it('waits for who reads slowly, and ends nothing that was read to its end', async () => {
    const cut = vi.fn();
    const reader = cutIfUnread(bytesOf(5), { stalledMs, cut }).getReader();
    let read = 0;
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      read++;
      await vi.advanceTimersByTimeAsync(stalledMs - 1);
    }
    await vi.advanceTimersByTimeAsync(10 * stalledMs);
    expect(read).toBe(5);
    expect(cut).not.toHaveBeenCalled();
  });

  it('lets go of the file where its reader leaves, or where there is no connection to end', async () => {
    const [left, stalled] = [vi.fn(), vi.fn()];
    const reader = cutIfUnread(bytesOf(5, left), { stalledMs, cut: null }).getReader();
    await reader.read();
    await reader.cancel();
    expect(left).toHaveBeenCalledOnce();
    const unread = cutIfUnread(bytesOf(5, stalled), { stalledMs, cut: null }).getReader();
    await unread.read();
    await vi.advanceTimersByTimeAsync(stalledMs);
    expect(stalled).toHaveBeenCalledOnce();
    await expect(unread.read()).rejects.toThrow('Nobody reads');
  });
});

it('is watched wherever an endpoint answers with bytes', async () => {
  const cut = vi.fn();
  const endpoint = { reply: () => new Response(bytesOf(3)) } as unknown as FreeEndpoint<null>;
  const stage = respondFree(endpoint, { metering: {} as never, webUrl: '', stalledDownloadMs: 5 });
  const context = {
    admission: { workspaceId: 'w' },
    key: { id: 'k' },
    scope: { windows: null, workspaceId: 'w' },
    requestId: '019ab0f2-c4d1-7a7e-8f3b-5c6d7e8f9a0b',
    wholeAddress: () => '',
    cut,
  } as unknown as WithAdmission<null>;
  await stage.run(context);
  await pause(50);
  expect(cut).toHaveBeenCalledOnce();
});
