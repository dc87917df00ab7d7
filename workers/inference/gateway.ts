import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { DomainError } from '#server/domain/errors.ts';
import type { Logger } from '#server/domain/logger.ts';
import { imageLimits } from '#server/domain/rate-limits/limits.ts';
import { newRequestId, publicRequestId } from '#server/domain/usage/request-id.ts';
import type { AccessLine } from '#server/platform/access-log.ts';
import { createAnswering } from './answering.ts';
import { createDeferredMetering } from './batches/deferred-metering.ts';
import type { RunLine } from './batches/run-line.ts';
import type { Endpoint, EndpointFamily, FreeEndpoint, MeteredEndpoint } from './endpoint.ts';
import { noSuchPath } from './errors/no-such-path.ts';
import { createProgressSaver } from './generation/progress-saver.ts';
import type { GenerationEndpoint } from './generation-endpoint.ts';
import { familyOfPath } from './hugging-face/family-of-path.ts';
import { openApiDocument } from './openapi/openapi-document.ts';
import { idempotencyHeaders } from './openapi/openapi-parts.ts';
import type { Pipeline } from './pipeline.ts';
import {
  freePipeline,
  type GenerationTimeLimits,
  generationPipeline,
  meteredPipeline,
  type PipelineDependencies,
} from './pipelines.ts';
import { publicRoutes } from './public-routes.ts';
import type { Received } from './request-scope.ts';
import type { GatewayMetrics } from './running/metrics.ts';
import type { Tracing } from './tracing/request-trace.ts';
import { createByteBudget } from './wire/byte-budget.ts';
import { crossOrigin } from './wire/cors.ts';
import type { KnownOrigins } from './wire/known-origins.ts';
import { isPathOf, routerPath, templateOf } from './wire/path-template.ts';
import { type CallSurroundings, ReceivedCall, type ServerBindings } from './wire/received-call.ts';

export interface GatewayOptions extends PipelineDependencies {
  // Each endpoint has an input, an item and an output of its own, which the pipeline made for it knows.
  // oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
  readonly metered: readonly MeteredEndpoint<any, any, any>[];
  // oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
  readonly generating?: readonly GenerationEndpoint<any>[];
  readonly generationTimes?: GenerationTimeLimits;
  /** Aborted when the process has no more time: texts that are being written end where they are. */
  readonly ending?: AbortSignal;
  // oxlint-disable-next-line typescript/no-explicit-any -- a list of endpoints of different types.
  readonly free: readonly FreeEndpoint<any>[];
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
  readonly accessLog: (line: AccessLine) => void;
  readonly apiUrl: string;
  /** Left out: no traces. */
  readonly tracing?: Tracing;
  readonly trustedHops: number;
  /** Origins that some key names: pages of those may read answers. */
  readonly knownOrigins: KnownOrigins;
  /** Of large bodies and of what is fetched for requests, held at the same time. */
  readonly heldBytesMax?: number;
  /** Whether traffic should be sent here: false while the model loads, the database is away, or it drains. */
  isReady(): Promise<boolean>;
}

export interface Gateway {
  fetch(request: Request, env?: unknown): Response | Promise<Response>;
  /** Every path that is answered, and what guards it. */
  readonly routes: readonly GatewayRoute[];
  /** What the router itself holds: a test compares the two. */
  readonly handled: readonly { readonly method: string; readonly path: string }[];
  /** A line of a batch, behind the same stages as a call. */
  readonly runLine: RunLine;
  /** Calls under way, lines of batches left out. */
  readonly liveCalls: number;
}

export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  /** Empty: public. */
  readonly stages: readonly string[];
}

interface Line {
  readonly family: EndpointFamily;
  readonly guarded: Pipeline<Received, Response>;
}

export function createGateway(options: GatewayOptions): Gateway {
  // A path may end with a slash: addresses are pasted that way, and clients put nothing behind a model's.
  const app = new OpenAPIHono<{ Bindings: ServerBindings }>({ strict: false });
  const cors = crossOrigin(options);
  const memory = createByteBudget(options.heldBytesMax ?? imageLimits.heldBytesMax);
  const surroundings: CallSurroundings = { memory, cors, trustedHops: options.trustedHops };
  const routes: GatewayRoute[] = [];
  const deferred = createDeferredMetering(options.metering);
  const lines = new Map<string, Line>();
  let liveCalls = 0;
  const respondTo = createAnswering({
    ...options,
    onOver: ({ line }) => {
      if (!line) liveCalls--;
    },
  });

  for (const endpoint of options.metered) {
    addEndpoint(endpoint, meteredPipeline(endpoint, options));
    const { path } = endpoint.route;
    lines.set(path, {
      family: endpoint.family,
      guarded: meteredPipeline(endpoint, { ...options, metering: deferred.metering }),
    });
  }
  const saver = createProgressSaver({ ...options, everyMs: options.generationTimes?.saveEveryMs });
  for (const endpoint of options.generating ?? []) {
    const { generationTimes: times, ...dependencies } = options;
    addEndpoint(endpoint, generationPipeline(endpoint, { ...dependencies, saver, times }));
    const ofLines = { ...dependencies, metering: deferred.metering, saver, times };
    lines.set(endpoint.route.path, {
      family: endpoint.family,
      guarded: generationPipeline(endpoint, ofLines),
    });
  }
  for (const endpoint of options.free) addEndpoint(endpoint, freePipeline(endpoint, options));
  addPublic(publicRoutes.description, () => Response.json(document()));
  addPublic(publicRoutes.alive, () => Response.json({ status: 'ok' }));
  addPublic(publicRoutes.ready, async () => {
    const ready = await options.isReady();
    return Response.json({ status: ready ? 'ready' : 'not ready' }, { status: ready ? 200 : 503 });
  });
  addPublic(publicRoutes.health, async () =>
    (await options.isReady())
      ? new Response(null)
      : Response.json({ error: 'unhealthy', error_type: 'healthcheck' }, { status: 503 }),
  );
  addPublic(publicRoutes.metrics, async () => {
    const { registry } = options.metrics;
    return new Response(await registry.metrics(), { headers: { 'content-type': registry.contentType } });
  });

  // Not a route of its own beside each: the router answers a path with a single handler faster.
  app.notFound(async (c) => {
    const allowed = methodsOf(c.req.path);
    const family = familyOfPath(c.req.path);
    if (allowed === '')
      return answer(c, 'other', family, () => Promise.reject(nothingAt(c.req.path, family)));
    if (c.req.method === 'OPTIONS') return cors.preflight(c.req.raw, receive(c).address());
    const refused = await answer(c, 'other', family, () => Promise.reject(wrongMethod(allowed)));
    refused.headers.set('allow', allowed);
    return refused;
  });
  app.onError((error, c) => answer(c, 'other', familyOfPath(c.req.path), () => Promise.reject(error)));

  function addEndpoint(
    endpoint: Pick<Endpoint<unknown>, 'route' | 'family'>,
    guarded: Pipeline<Received, Response>,
  ) {
    const { method, path } = endpoint.route;
    if (routes.some((route) => route.path === path && route.method === method.toUpperCase())) {
      throw new Error(`${method.toUpperCase()} ${path} is served twice: do two models have one name?`);
    }
    const takesKey = guarded.stages.some((stage) => stage === 'claimKey' || stage === 'nameRequest');
    const request = { ...endpoint.route.request, headers: idempotencyHeaders };
    app.openAPIRegistry.registerPath(takesKey ? { ...endpoint.route, request } : endpoint.route);
    routes.push({ method: method.toUpperCase(), path, stages: guarded.stages });
    app.on(method.toUpperCase(), routerPath(path), (c) =>
      answer(c, path, endpoint.family, (received) => guarded.run(received)),
    );
  }

  function addPublic(route: RouteConfig, handler: () => Response | Promise<Response>) {
    const { path } = route;
    app.openAPIRegistry.registerPath(route);
    routes.push({ method: 'GET', path, stages: [] });
    app.get(path, async (c) => {
      const received = receive(c);
      return cors.allow(received.header('origin'), await handler(), () => received.address());
    });
  }

  async function answer(
    c: Context<{ Bindings: ServerBindings }>,
    route: string,
    family: EndpointFamily,
    run: (received: Received) => Promise<Response>,
  ): Promise<Response> {
    const received = receive(c, route);
    liveCalls++;
    const response = await respondTo(received, { route, family }, run);
    return cors.allow(received.header('origin'), response, () => received.address());
  }

  /** A request that is followed names the route that it came to. */
  function receive(c: Context<{ Bindings: ServerBindings }>, followed?: string): ReceivedCall {
    const requestId = newRequestId();
    const startedAtMs = performance.now();
    const trace = followed === undefined ? null : startTrace(c, { route: followed, requestId, startedAtMs });
    return new ReceivedCall(
      {
        request: c.req.raw,
        incoming: c.env?.incoming,
        outgoing: c.env?.outgoing,
        requestId,
        startedAtMs,
        trace,
        pathParameters: () => c.req.param() as Record<string, string>,
      },
      surroundings,
    );
  }

  function startTrace(
    c: Context<{ Bindings: ServerBindings }>,
    { requestId, ...known }: { route: string; requestId: string; startedAtMs: number },
  ) {
    if (!options.tracing) return null;
    return options.tracing.start({
      ...known,
      method: c.req.method,
      requestId: publicRequestId(requestId),
      traceparent: options.trustedHops > 0 ? c.req.header('traceparent') : undefined,
    });
  }

  function nothingAt(path: string, family: EndpointFamily): DomainError {
    return noSuchPath(path, { family, templates: routes.map((route) => route.path) });
  }

  function methodsOf(path: string): string {
    return routes
      .filter((route) => isPathOf(route.path, path))
      .map((route) => route.method)
      .join(', ');
  }

  let written: object | undefined;
  function document(): object {
    written ??= openApiDocument(app, options.apiUrl);
    return written;
  }

  const runLine: RunLine = async ({ path, body, keyId, keyHash, address, requestId, signal }) => {
    const line = lines.get(path);
    const request = new Request(new URL(path, options.apiUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const received: Received = {
      ...memory.share(),
      request,
      incoming: null,
      requestId,
      startedAtMs: performance.now(),
      header: (name) => request.headers.get(name),
      signal,
      departure: signal,
      cut: null,
      pathParameters: () => ({}),
      address: () => address,
      wholeAddress: () => address,
      foreignOrigin: () => '',
      trace: null,
      scope: { windows: null, workspaceId: null },
      line: { keyId, keyHash },
    };
    // Another gateway may have taken the batch: a path that is not served here fails the line, as it fails a call.
    const response = await respondTo(received, { route: path, family: line?.family ?? 'own' }, (given) =>
      line ? line.guarded.run(given) : Promise.reject(nothingAt(path, 'own')),
    );
    return { status: response.status, body: await response.text(), settle: deferred.take(requestId) };
  };

  return {
    runLine,
    get liveCalls() {
      return liveCalls;
    },
    fetch: (request, env) => app.fetch(request, env as ServerBindings),
    routes,
    handled: app.routes.map(({ method, path }) => ({ method, path: templateOf(path) })),
  };
}

function wrongMethod(allowed: string): DomainError {
  return new DomainError('method_not_allowed', `This path takes ${allowed}.`);
}
