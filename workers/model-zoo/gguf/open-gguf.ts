import { basename, dirname, join } from 'node:path';
import { type FileSource, fileSource } from './byte-source.ts';
import { type Gguf, readGguf } from './read-gguf.ts';
import { joinParts, partNames } from './split-gguf.ts';

/** Opens a model by its file or by the first of its parts, hands it to `use`, and closes it. */
export function withGguf<R>(path: string, use: (gguf: Gguf) => R): R {
  const sources: FileSource[] = [];
  const open = (file: string) => {
    const source = fileSource(file);
    sources.push(source);
    return readGguf(source);
  };
  try {
    const first = open(path);
    const names = partNames(basename(path), first);
    const others = names.slice(1).map((name) => open(join(dirname(path), name)));
    return use(joinParts([first, ...others]));
  } finally {
    for (const source of sources) source.close();
  }
}
