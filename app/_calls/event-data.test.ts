import { expect, it } from 'vitest';
import { eventData } from './event-data.ts';

it('reads events wherever the network breaks them, within a character too', async () => {
  const bytes = new TextEncoder().encode(
    'event: text\ndata: {"text":"añ€"}\n\nevent: finished\ndata: {"units":3}\n\n',
  );
  for (let size = 1; size <= bytes.length; size++) {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    });
    const read: unknown[] = [];
    for await (const data of eventData(body)) read.push(data);
    expect(read).toEqual([{ text: 'añ€' }, { units: 3 }]);
  }
});
