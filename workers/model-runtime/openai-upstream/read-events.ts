import { RemoteEngineError } from '../remote-engine/remote-engine-error.ts';

/** The longest line that is read: log probabilities of one token take some kilobytes. */
const LINE_CHARACTERS_MAX = 1024 * 1024;
const PIECES_AFTER_END_MAX = 16;

/**
 * Data of server-sent events (HTML standard, 9.2.6), each a JSON document, until `[DONE]`. Throws RemoteEngineError where it ends
 * before.
 */
export async function* readEvents(pieces: AsyncGenerator<Buffer>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder();
  let rest = '';
  let isDone = false;
  try {
    for (;;) {
      const piece = await pieces.next();
      // Not every server ends its last line.
      isDone = piece.done === true && isEnd(rest);
      if (isDone) return;
      if (piece.done) throw new RemoteEngineError('cut', "The engine's stream ended before its end.");
      rest += decoder.decode(piece.value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r/);
      rest = lines.pop() ?? '';
      if (rest.length > LINE_CHARACTERS_MAX) {
        throw new RemoteEngineError(
          'unreadable',
          `An event of the engine is over ${LINE_CHARACTERS_MAX} characters.`,
        );
      }
      for (const line of lines) {
        if (!line.startsWith('data:')) continue;
        isDone = isEnd(line);
        if (isDone) return;
        yield toJson(line.slice('data:'.length));
      }
    }
  } finally {
    if (isDone) void readToEnd(pieces);
    else await pieces.return(undefined);
  }
}

function isEnd(line: string): boolean {
  return line.startsWith('data:') && line.slice('data:'.length).trim() === '[DONE]';
}

/** So that the connection can be used again; nobody waits for it. */
async function readToEnd(pieces: AsyncGenerator<Buffer>): Promise<void> {
  try {
    for (let read = 0; read < PIECES_AFTER_END_MAX; read++) if ((await pieces.next()).done) return;
    await pieces.return(undefined);
  } catch {
    // The answer is there; how its connection ends does not matter.
  }
}

function toJson(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw new RemoteEngineError('unreadable', 'An event of the engine is not JSON.');
  }
}
