/** What a gateway says of its queues, by name. */
export async function queueDepths(url: string): Promise<Readonly<Record<string, number>>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.matchAll(/^inference_queue_depth\{queue="([^"]+)"\} (\d+)$/gm);
  return Object.fromEntries([...lines].map(([, queue, depth]) => [queue, Number(depth)]));
}
