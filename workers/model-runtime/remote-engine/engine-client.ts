import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { ModelRuntimeError } from '../model-runtime.ts';
import { RemoteEngineError } from './remote-engine-error.ts';

export interface EngineTimes {
  readonly connectMs: number;
  /** Until the answer's first byte. */
  readonly answerMs: number;
  /** In all that is waited for the rest, or from one sign of progress to the next. */
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
  /** What came was worth the wait: the silence is counted anew. Bytes alone are not, or a ping a second holds us for ever. */
  noteProgress(): void;
  /** So long is waited for the rest at the most, whatever comes. */
  endWithin(ms: number): void;
}

export interface EngineClient {
  /** Throws RemoteEngineError, or the signal's reason. Redirects are answers like any other. */
  send(request: EngineRequest): Promise<EngineReply>;
  /** The same, of an answer that is one JSON document. */
  ask(request: EngineRequest, bytesMax?: number): Promise<EngineAnswer>;
  /** Ends what runs. */
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
  let isClosed = false;

  function send({ path, body, signal }: EngineRequest): Promise<EngineReply> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (isClosed) throw new ModelRuntimeError('The model is closed.');
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
      let mayHaveBegun = () => false;
      sent.once('socket', (socket) => {
        if (!socket.connecting) {
          // A kept connection that ends without a word ended, as a rule, before the request came.
          const bytesBefore = socket.bytesRead;
          mayHaveBegun = () => !sent.reusedSocket || socket.bytesRead > bytesBefore;
          return waitForAnswer();
        }
        giveUpAfter(
          times.connectMs,
          () =>
            new RemoteEngineError('unreachable', `The engine did not connect within ${times.connectMs} ms.`),
        );
        socket.once(isHttps ? 'secureConnect' : 'connect', () => {
          mayHaveBegun = () => true;
          waitForAnswer();
        });
      });
      sent.once('response', (reply) => {
        clearTimeout(timer);
        // Whoever reads it hears of its end; where nobody does, it is nobody's failure.
        reply.on('error', () => {});
        resolve(toReply(reply, times.silenceMs, signal));
      });
      sent.on('error', (error: NodeJS.ErrnoException) => {
        clearTimeout(timer);
        if (signal?.aborted) return reject(signal.reason);
        const failure = toFailure(error, mayHaveBegun());
        if (failure.failure === 'unreachable') dropKept();
        reject(failure);
      });
      sent.end(payload);
    });
  }

  /** Those that wait are as old as the one that failed; the next request shall have a connection of its own. */
  function dropKept(): void {
    for (const sockets of Object.values(agent.freeSockets)) for (const kept of sockets ?? []) kept.destroy();
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
    close() {
      isClosed = true;
      agent.destroy();
    },
  };
}

function toReply(reply: IncomingMessage, silenceMs: number, signal: AbortSignal | undefined): EngineReply {
  let leftMs = silenceMs;
  let isEnding = false;

  async function* pieces() {
    const read = reply[Symbol.asyncIterator]();
    try {
      for (;;) {
        // Only while it is waited for: a slow reader is not the engine's silence.
        const askedAtMs = performance.now();
        const timer = setTimeout(() => reply.destroy(silent()), leftMs);
        const next = await read
          .next()
          .catch((error: unknown) => {
            if (signal?.aborted) throw signal.reason;
            throw error instanceof RemoteEngineError
              ? error
              : new RemoteEngineError('cut', "The engine's answer ended in the middle.");
          })
          .finally(() => clearTimeout(timer));
        leftMs = Math.max(0, leftMs - (performance.now() - askedAtMs));
        if (next.done) return;
        yield next.value as Buffer;
      }
    } finally {
      if (!reply.readableEnded) reply.destroy();
    }
  }

  return {
    status: reply.statusCode ?? 0,
    pieces,
    noteProgress() {
      if (!isEnding) leftMs = silenceMs;
    },
    endWithin(ms) {
      isEnding = true;
      leftMs = Math.min(leftMs, ms);
    },
  };

  function silent() {
    return new RemoteEngineError('silent', `The engine's answer did not go on within ${silenceMs} ms.`);
  }
}

/** Once it may have begun, asking again could have it paid for twice. */
function toFailure(error: NodeJS.ErrnoException, mayHaveBegun: boolean): RemoteEngineError {
  if (error instanceof RemoteEngineError) return error;
  const code = error.code ?? error.name;
  if (!mayHaveBegun) return new RemoteEngineError('unreachable', `The engine can't be reached (${code}).`);
  if (code.startsWith('HPE_')) {
    return new RemoteEngineError('unreadable', `The engine's answer is not HTTP (${code}).`);
  }
  return new RemoteEngineError('dropped', `The engine closed the connection before it answered (${code}).`);
}

function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
