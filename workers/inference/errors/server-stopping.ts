import { DomainError } from '#server/domain/errors.ts';

/** Of a request that is not answered since the process has no more time; another gateway answers it. */
export function stoppedBefore(): DomainError {
  return new DomainError(
    'server_stopping',
    'The server is being stopped and did not finish the answer. It was not billed. Try again.',
    { retryAfterMs: 1_000 },
  );
}

/** Of a stream, of which a part has left. */
export function stoppedWithin(): DomainError {
  return new DomainError(
    'server_stopping',
    'The server is being stopped, so the answer ends here. What was written is billed. Ask again for the rest.',
    { retryAfterMs: 1_000 },
  );
}
