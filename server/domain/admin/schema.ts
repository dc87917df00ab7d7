export interface AdminOverview {
  readonly workspaces: number;
  readonly users: number;
  readonly requestsToday: number;
  readonly failedToday: number;
  readonly microUsdToday: number;
  readonly holds: number;
  readonly queue: { readonly ready: number; readonly failed: number };
  readonly database: { readonly sizeBytes: number };
}
