/** Where to go after signing in: a path of this site, or the console. Anything else could lead away from it. */
export function safeDestination(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])/.test(next) || /[\p{Cc}\\]/u.test(next)) return '/w';
  return next;
}
