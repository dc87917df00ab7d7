/** Where a file's bytes are. */
export function fileBlob({ workspaceId, id }: { workspaceId: string; id: string }): string {
  return `${workspaceId}/${id}`;
}
