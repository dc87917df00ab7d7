export interface ReceivedEvent {
  readonly name: string | null;
  readonly data: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- an event of any shape, which the tests look into.
  readonly json: any;
}

/** Every event of a whole stream. Throws where a part of the text is no event. */
export function parseEvents(text: string): readonly ReceivedEvent[] {
  const blocks = text.split('\n\n');
  if (blocks.pop() !== '') throw new Error(`The stream ends within an event: ${text.slice(-80)}`);
  return blocks.map((block) => {
    const found = /^(?:event: (\w+)\n)?data: (.+)$/.exec(block);
    if (!found) throw new Error(`Not an event: ${block}`);
    const [, name = null, data = ''] = found;
    return { name, data, json: data === '[DONE]' ? null : JSON.parse(data) };
  });
}
