import type { Gateway } from '../gateway.ts';
import { answersAsDocumented, type CheckAnswer, type OpenApiDocument } from './as-documented.ts';

/** The same gateway, of which every answer is held against its own description: one that is not so fails its test. */
export function checkedAnswers(gateway: Gateway): Gateway {
  let checking: Promise<CheckAnswer> | undefined;
  async function check(request: Request, { status, headers }: Response, text: string): Promise<void> {
    checking ??= documentOf(gateway).then(answersAsDocumented);
    const { pathname: path } = new URL(request.url);
    const problems = (await checking)({ method: request.method, path, status, headers, text });
    if (problems.length === 0) return;
    const found = problems.join('; ');
    throw new Error(`${request.method} ${path} answered ${status} otherwise than described: ${found}`);
  }
  return {
    routes: gateway.routes,
    handled: gateway.handled,
    runLine: gateway.runLine,
    get liveCalls() {
      return gateway.liveCalls;
    },
    async fetch(request, env) {
      const response = await gateway.fetch(request, env);
      if (response.body && response.headers.get('content-type') === 'text/event-stream') {
        const body = readThrough(response.body, (text) => check(request, response, text));
        return new Response(body, response);
      }
      await check(request, response, await response.clone().text());
      return response;
    },
  };
}

/** At its reader's pace, which is often what a test is about; one that leaves early is told nothing. */
function readThrough(
  body: ReadableStream<Uint8Array>,
  atEnd: (text: string) => Promise<void>,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) {
          text += decoder.decode(value, { stream: true });
          return controller.enqueue(value);
        }
        await atEnd(text);
        controller.close();
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function documentOf(gateway: Gateway): Promise<OpenApiDocument> {
  const response = await gateway.fetch(new Request('http://api.example.com/v1/openapi.json'));
  return (await response.json()) as OpenApiDocument;
}
