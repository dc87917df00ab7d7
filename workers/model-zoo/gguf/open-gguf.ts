import { basename, dirname, join } from 'node:path';
import { fileSource } from './byte-source.ts';
import { type Gguf, readGguf } from './read-gguf.ts';
import { joinParts, partNames } from './split-gguf.ts';

/** The files of a model, which is told by its file or by the first of its parts. */
export function ggufFiles(path: string): string[] {
  const source = fileSource(path);
  try {
    return partNames(basename(path), readGguf(source)).map((name) => join(dirname(path), name));
  } finally {
    source.close();
  }
}

/** Opens a model, hands it to `use`, and closes it: no tensor can be read later. */
export function withGguf<R>(path: string, use: (gguf: Gguf) => R): R {
  const sources = ggufFiles(path).map(fileSource);
  try {
    return use(joinParts(sources.map(readGguf)));
  } finally {
    for (const source of sources) source.close();
  }
}
