/** Whether a browser's name of itself says Apple: there commands are given with ⌘, not with Ctrl. */
export function isApple(userAgent: string): boolean {
  return /Macintosh|iPhone|iPad/.test(userAgent);
}
