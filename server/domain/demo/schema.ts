/** What the landing page calls the API with: minutes of life, the models' scopes, a bucket of its own by address. */
export interface DemoToken {
  readonly token: string;
  readonly apiUrl: string;
  readonly expiresAt: Date;
}
