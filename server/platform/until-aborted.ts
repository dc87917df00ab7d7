/** For what does not heed the signal itself, a resolver that hangs for one. */
export function untilAborted<Result>(working: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    working.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
