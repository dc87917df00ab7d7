// `npm run up`: installs, builds and starts everything. This first step runs on a fresh clone, so it is plain
// JavaScript without any package; the rest is TypeScript and starts once the packages are there.
import { checkNode } from './up/check-node.mjs';
import { installPackages } from './up/install-packages.mjs';

const complaint = checkNode(process.versions.node);
if (complaint) {
  process.stderr.write(`${complaint}\n`);
  process.exit(1);
}
try {
  await installPackages();
  const { register } = await import('tsx/esm/api');
  register();
  const { up } = await import('./up/up.ts');
  await up(process.argv.slice(2));
} catch (error) {
  process.stderr.write(
    `${error instanceof Error && !process.env.DEBUG ? error.message : (error?.stack ?? error)}\n`,
  );
  process.exit(1);
}
