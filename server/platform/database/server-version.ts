const oldestMajor = 18;

/** What is wrong with a server of this version; `server_version_num` is 180004 for 18.4. */
export function olderServer(versionNumber: number, versionName: string): string | undefined {
  if (Math.floor(versionNumber / 10_000) >= oldestMajor) return undefined;
  return `DATABASE_URL leads to PostgreSQL ${versionName}. This needs PostgreSQL ${oldestMajor} or newer.`;
}
