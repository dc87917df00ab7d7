import { HubError } from './hub-error.ts';

/** One file of a model repository, in the state of one commit. */
export interface HubModel {
  /** `owner/name` */
  readonly repository: string;
  /** The commit's 40 hexadecimal digits. */
  readonly revision: string;
  /** A GGUF file, or the first of its parts. */
  readonly path: string;
}

const FORM = 'hf:OWNER/NAME@COMMIT/PATH.gguf';
const NAME = /^hf:(?<repository>[^/@]+\/[^/@]+)@(?<revision>[^/]+)\/(?<path>.+)$/;
/** As the hub allows it: letters, digits, and marks that are never at the ends. */
const REPOSITORY = /^[a-z0-9][\w.-]{0,95}\/[a-z0-9][\w.-]{0,95}$/i;
const COMMIT = /^[0-9a-f]{40}$/;
const PATH = /^(?:[\w+-][\w.+-]*\/)*[\w+-][\w.+-]*\.gguf$/;
const PATH_CHARACTERS_MAX = 512;
const FIRST_PART = /-00001-of-(?<parts>\d{5})\.gguf$/;
const PARTS_MAX = 512;

export function isHubModel(name: string): boolean {
  return name.startsWith('hf:');
}

/** A branch moves, so what is served would change with a restart: only a commit is taken. */
export function parseHubModel(name: string): HubModel {
  const { repository = '', revision = '', path = '' } = NAME.exec(name)?.groups ?? {};
  if (!REPOSITORY.test(repository)) throw new HubError(`"${name}" is no model of the hub: write ${FORM}.`);
  if (!COMMIT.test(revision)) {
    throw new HubError(
      `"${revision}" in "${name}" is no commit. Name the commit by its 40 digits, as the hub's page "Files and versions" shows it: a branch moves.`,
    );
  }
  if (!PATH.test(path) || path.length > PATH_CHARACTERS_MAX) {
    throw new HubError(`"${path}" in "${name}" is no path of a GGUF file: write ${FORM}.`);
  }
  return { repository, revision, path };
}

/** The paths of all parts, in order; of a model in one file just its own. */
export function partPaths({ path }: HubModel): readonly string[] {
  const parts = Number(FIRST_PART.exec(path)?.groups?.parts ?? 1);
  if (parts < 1 || parts > PARTS_MAX) throw new HubError(`${path} would be of ${parts} parts.`);
  if (parts === 1) return [path];
  return Array.from({ length: parts }, (_, index) =>
    path.replace(/-00001-of-/, `-${String(index + 1).padStart(5, '0')}-of-`),
  );
}
