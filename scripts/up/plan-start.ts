export interface StartPlan {
  readonly seedsDemo: boolean;
  /** Why there is no demo, where someone may miss it. */
  readonly note: string | undefined;
}

export const usage = `npm run up             installs, builds and starts everything
npm run up -- --demo   seeds the demo account also with NODE_ENV=production or a DATABASE_URL of your own`;

/** What is allowed to happen to the database: a demo account with a known address is not for real customers' data. */
export function planStart(args: readonly string[], environment: NodeJS.ProcessEnv): StartPlan {
  const unknown = args.find((argument) => argument !== '--demo');
  if (unknown) throw new Error(`Unknown option ${unknown}.\n${usage}`);
  if (environment.NODE_ENV === 'production' && (environment.MODELYARD_SECRET ?? '').length < 32) {
    throw new Error(
      'NODE_ENV=production needs MODELYARD_SECRET: at least 32 random characters, the same at every start.',
    );
  }
  if (args.includes('--demo')) return { seedsDemo: true, note: undefined };
  const reasons = [
    environment.NODE_ENV === 'production' && 'NODE_ENV is production',
    environment.DATABASE_URL && 'DATABASE_URL is your own',
  ].filter(Boolean);
  if (reasons.length === 0) return { seedsDemo: true, note: undefined };
  return {
    seedsDemo: false,
    note: `No demo account: ${reasons.join(' and ')}. To have one: npm run up -- --demo`,
  };
}
