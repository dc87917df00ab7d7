/** How the tests find the server that the run's set-up started. */
export const testServerVariable = 'MODELYARD_TEST_SERVER';
export const templateDatabase = 'modelyard_template';

export function testServerUrl(): string {
  const url = process.env[testServerVariable];
  if (!url)
    throw new Error(
      'No test database server. Run the tests with vitest and the vitest.config.ts of this project.',
    );
  return url;
}
