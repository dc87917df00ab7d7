// `npm test`: unit, integration and browser tests on a fresh clone. The last line is the sum: `N passed, N failed`.
import { checkNode } from './up/check-node.mjs';
import { installPackages } from './up/install-packages.mjs';

const complaint = checkNode(process.versions.node);
if (complaint) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
await installPackages();
const { register } = await import('tsx/esm/api');
register();
const { runTests } = await import('./test/run-tests.ts');
process.exitCode = await runTests(process.argv.slice(2));
