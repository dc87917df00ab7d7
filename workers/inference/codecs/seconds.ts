/** Times as OpenAI writes them. */
export function seconds(time: Date): number {
  return Math.floor(time.getTime() / 1_000);
}
