import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { RemoteEngineError } from './remote-engine-error.ts';

export interface EngineTimes {
  readonly connectMs: number;
  /** Until the answer's first byte. */
  readonly answerMs: number;
  /** Between two pieces of it. */
  readonly silenceMs: number;
}

export interface EngineClientOptions {
  /** Paths are put behind it. The operator's own setting: it may be a private address. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly apiKey: string | null;
  readonly times: EngineTimes;
}

export interface EngineRequest {
  readonly path: string;
  /** Sent as JSON by POST. Left out: GET. */
  readonly body?: object;
  readonly signal?: AbortSignal | undefined;
}

export interface EngineReply {
  readonly status: number;
  /** To be gone through once, to its end or not. Throws RemoteEngineError. */
  pieces(): AsyncGenerator<Buffer>;
}

export interface EngineClient {
  /** Throws RemoteEngineError, or the signal's reason. Redirects are answers like any other. */
  send(request: EngineRequest): Promise<EngineReply>;
  /** The same, of an answer that is one JSON document. */
  ask(request: EngineRequest, bytesMax?: number): Promise<EngineAnswer>;
  close(): void;
}

export interface EngineAnswer {
  readonly status: number;
  /** Undefined: it is not JSON. */
  readonly json: unknown;
}

const HEADERS_BYTES_MAX = 16 * 1024;
const ANSWER_BYTES_MAX = 1024 * 1024;
const SOCKETS_IDLE_MAX = 32;

/** Talks to an engine on another machine. Every wait is bounded, and every answer's size. */
export function createEngineClient({ url, apiKey, times }: EngineClientOptions): EngineClient {
  const isHttps = url.startsWith('https:');
  const agent = new (isHttps ? HttpsAgent : HttpAgent)({ keepAlive: true, maxFreeSockets: SOCKETS_IDLE_MAX });

  function send({ path, body, signal }: EngineRequest): Promise<EngineReply> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
      const sent = (isHttps ? requestHttps : requestHttp)(`${url}${path}`, {
        agent,
        method: payload ? 'POST' : 'GET',
        maxHeaderSize: HEADERS_BYTES_MAX,
        headers: {
          accept: '*/*',
          'accept-encoding': 'identity',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
          ...(payload ? { 'content-type': 'application/json', 'content-length': payload.byteLength } : {}),
        },
      });
      const leave = () => void sent.destroy();
      signal?.addEventListener('abort', leave, { once: true });
      sent.once('close', () => signal?.removeEventListener('abort', leave));
      let timer: NodeJS.Timeout | undefined;
      const giveUpAfter = (ms: number, error: () => RemoteEngineError) => {
        clearTimeout(timer);
        timer = setTimeout(() => sent.destroy(error()), ms);
      };
      const waitForAnswer = () =>
        giveUpAfter(
          times.answerMs,
          () => new RemoteEngineError('silent', `The engine did not answer within ${times.answerMs} ms.`),
        );
      sent.once('socket', (socket) => {
        if (!socket.connecting) return waitForAnswer();
        giveUpAfter(
          times.connectMs,
          () =>
            new RemoteEngineError('unreachable', `The engine did not connect within ${times.connectMs} ms.`),
        );
        socket.once(isHttps ? 'secureConnect' : 'connect', waitForAnswer);
      });
      sent.once('response', (reply) => {
        clearTimeout(timer);
        // Whoever reads it hears of its end; where nobody does, it is nobody's failure.
        reply.on('error', () => {});
        resolve({ status: reply.statusCode ?? 0, pieces: () => piecesOf(reply, times.silenceMs, signal) });
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        reject(signal?.aborted ? signal.reason : toUnreachable(error));
      });
      sent.end(payload);
    });
  }

  return {
    send,
    async ask(request, bytesMax = ANSWER_BYTES_MAX) {
      const reply = await send(request);
      const pieces: Buffer[] = [];
      let bytes = 0;
      for await (const piece of reply.pieces()) {
        bytes += piece.byteLength;
        if (bytes > bytesMax)
          throw new RemoteEngineError('unreadable', `The engine's answer is over ${bytesMax} bytes.`);
        pieces.push(piece);
      }
      return { status: reply.status, json: parsed(Buffer.concat(pieces)) };
    },
    close: () => agent.destroy(),
  };
}

async function* piecesOf(reply: IncomingMessage, silenceMs: number, signal: AbortSignal | undefined) {
  const pieces = reply[Symbol.asyncIterator]();
  try {
    for (;;) {
      // Only while it is waited for: a slow reader is not the engine's silence.
      const timer = setTimeout(
        () => reply.destroy(new RemoteEngineError('silent', `The engine said nothing for ${silenceMs} ms.`)),
        silenceMs,
      );
      const next = await pieces
        .next()
        .catch((error: unknown) => {
          if (signal?.aborted) throw signal.reason;
          throw error instanceof RemoteEngineError
            ? error
            : new RemoteEngineError('cut', "The engine's answer ended in the middle.");
        })
        .finally(() => clearTimeout(timer));
      if (next.done) return;
      yield next.value as Buffer;
    }
  } finally {
    if (!reply.readableEnded) reply.destroy();
  }
}

function toUnreachable(error: NodeJS.ErrnoException): RemoteEngineError {
  if (error instanceof RemoteEngineError) return error;
  return new RemoteEngineError('unreachable', `The engine can't be reached (${error.code ?? error.name}).`);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
