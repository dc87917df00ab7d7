/** Paths are written as in OpenAPI: `/v1/usage/receipts/{request_id}`. The router has a notation of its own. */
export function routerPath(template: string): string {
  return template.replaceAll(/\{(\w+)\}/g, ':$1');
}

export function templateOf(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

export function isPathOf(template: string, path: string): boolean {
  if (!template.includes('{')) return template === path;
  const expected = template.split('/');
  const parts = path.split('/');
  return (
    parts.length === expected.length &&
    expected.every((part, i) => (part.startsWith('{') ? parts[i] !== '' : part === parts[i]))
  );
}
