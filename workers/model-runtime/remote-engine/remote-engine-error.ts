import { ModelRuntimeError } from '../model-runtime.ts';

/**
 * unreachable: the request surely did not reach it, so asking again does no harm. dropped: it did, and the connection closed
 * before an answer began. silent: an answer did not begin or go on in time. cut: it ended in the middle. unreadable: not
 * what the protocol has. status: any other than success.
 */
export type EngineFailure = 'unreachable' | 'dropped' | 'silent' | 'cut' | 'unreadable' | 'status';

/** Its message never quotes the engine: what that says of a request may repeat the request. */
export class RemoteEngineError extends ModelRuntimeError {
  readonly failure: EngineFailure;
  /** Of the answer, where that is what failed. */
  readonly status: number | null;

  constructor(failure: EngineFailure, sentence: string, status: number | null = null) {
    super(sentence);
    this.failure = failure;
    this.status = status;
  }
}

/** The engine answers, but can't be served as it is set up: waiting does not help. */
export class UnusableEngineError extends ModelRuntimeError {}
