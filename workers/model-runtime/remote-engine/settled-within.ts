/** Resolves when all have come to an end, well or badly, or after so long. */
export async function settledWithin(ms: number, running: Iterable<Promise<unknown>>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.allSettled(running), late]);
  clearTimeout(timer);
}
