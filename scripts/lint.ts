import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

// oxlint over everything, and once more over the client components: what they may import depends on a directive in
// the file, which no pattern of paths can tell.
const root = path.resolve(import.meta.dirname, '..');
const oxlint = path.join(root, 'node_modules/oxlint/bin/oxlint');

function lint(args: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, [oxlint, '--deny-warnings', ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  return status === 0;
}

function clientComponents(): string[] {
  return readdirSync(path.join(root, 'app'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) =>
      /^(\s|\/\/.*|\/\*[\s\S]*?\*\/)*['"]use client['"]/.test(readFileSync(path.join(root, file), 'utf8')),
    );
}

const everything = lint([]);
const clients = clientComponents();
const browser =
  clients.length === 0 || lint(['-c', 'scripts/lint/client-components.oxlintrc.json', ...clients]);
process.exit(everything && browser ? 0 : 1);
