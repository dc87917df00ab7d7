/** What the landing page calls the API with: minutes of life, one scope, a bucket of its own by address. */
export interface DemoToken {
  readonly token: string;
  readonly apiUrl: string;
  readonly expiresAt: Date;
}
