/** Where a piece of a batch's answers is, until its files are written. The first is 1. */
export function partBlob({ workspaceId, id }: { workspaceId: string; id: string }, part: number): string {
  return `${workspaceId}/${id}.${part}`;
}
