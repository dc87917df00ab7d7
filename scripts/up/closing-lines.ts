import type { DemoAccess } from '#prisma/seed/demo.ts';

/** What someone who has just started it needs: each on a line of its own, and nothing wraps. */
export function closingLines(webUrl: string, apiUrl: string, demo: DemoAccess | undefined): string[] {
  const addresses = [`web      ${webUrl}`, `api      ${apiUrl}`];
  if (!demo) return addresses;
  return [
    ...addresses,
    `sign-in  ${demo.email} ${demo.password}`,
    `curl -s ${apiUrl}/v1/sentiment -H "Authorization: Bearer ${demo.key}" -H "Content-Type: application/json" -d '{"input":"Delivery was late, but the support was excellent."}'`,
  ];
}
