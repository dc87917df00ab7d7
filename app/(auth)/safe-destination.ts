/**
 * Where to go after signing in: a path of this site, as it may stand in a header, or the console. Anything else could
 * lead away from it.
 */
export function safeDestination(next: string | null | undefined): string {
  if (!next || !isPath(next) || /[\p{Cc}\\]/u.test(next)) return '/w';
  const { pathname, search, hash } = new URL(next, 'https://site.invalid');
  // Where "/.//" was, two slashes are left.
  return isPath(pathname) ? pathname + search + hash : '/w';
}

function isPath(address: string): boolean {
  return /^\/(?![/\\])/.test(address);
}
