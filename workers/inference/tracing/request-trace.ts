/** Where one request's time goes. All times are those of `performance.now()`. */
export interface RequestTrace {
  /** A part of the request: a stage, its wait for the model, the model's run. */
  span(name: string, startMs: number, endMs: number, attributes?: TraceAttributes): void;
  /** The whole of it, once. */
  end(answer: TracedAnswer): void;
}

/** Numbers and names of ours, never anything of a customer's input. */
export type TraceAttributes = Readonly<Record<string, string | number>>;

export interface TracedRequest {
  readonly method: string;
  /** The path's template. */
  readonly route: string;
  readonly requestId: string;
  readonly startedAtMs: number;
  /** W3C Trace Context, from a proxy that is trusted. */
  readonly traceparent: string | undefined;
}

export interface TracedAnswer {
  readonly status: number;
  readonly code: string;
  readonly workspaceId: string | null;
}

export interface Tracing {
  /** Null: this request is not sampled. */
  start(request: TracedRequest): RequestTrace | null;
  /** Sends what was not sent yet. */
  close(): Promise<void>;
}
