import {
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { RequestTrace, TracedRequest, Tracing } from './request-trace.ts';

/**
 * Spans over OTLP (HTTP, protobuf as JSON). The exporter and the sampler read OpenTelemetry's own variables: OTEL_EXPORTER_OTLP_ENDPOINT,
 * OTEL_EXPORTER_OTLP_HEADERS, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG. Names follow its semantic conventions for HTTP.
 */
export function createTracing({ serviceName }: { readonly serviceName: string }): Tracing {
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [new BatchSpanProcessor({ exporter: new OTLPTraceExporter() })],
  });
  const tracer = provider.getTracer('modelyard-inference');
  return {
    start: (request) => startTrace(tracer, request),
    close: () => provider.shutdown(),
  };
}

function startTrace(tracer: Tracer, request: TracedRequest): RequestTrace | null {
  const { method, route, requestId, startedAtMs, traceparent } = request;
  const attributes = {
    'http.request.method': method,
    'http.route': route,
    'modelyard.request_id': requestId,
  };
  const options = { kind: SpanKind.SERVER, startTime: startedAtMs, attributes };
  const root = tracer.startSpan(`${method} ${route}`, options, parentOf(traceparent));
  if (!root.isRecording()) return null;
  const inside = trace.setSpan(ROOT_CONTEXT, root);
  return {
    span: (name, startMs, endMs, given) =>
      tracer.startSpan(name, { startTime: startMs, attributes: given }, inside).end(endMs),
    end({ status, code, workspaceId }) {
      root.setAttribute('http.response.status_code', status);
      if (workspaceId !== null) root.setAttribute('modelyard.workspace_id', workspaceId);
      if (code !== 'ok') root.setAttribute('error.type', code);
      if (status >= 500) root.setStatus({ code: SpanStatusCode.ERROR });
      root.end(performance.now());
    },
  };
}

/** W3C Trace Context, level 1. What is malformed begins a trace of its own, as the recommendation has it. */
function parentOf(traceparent: string | undefined): Context {
  const [, traceId, spanId, flags] =
    /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})/.exec(traceparent ?? '') ?? [];
  if (!traceId || !spanId || !flags) return ROOT_CONTEXT;
  const parent: SpanContext = { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
