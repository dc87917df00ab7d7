import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** A TypeScript entry needs the loader that the sources run under; a bundle needs none. */
export function loaderFor(entry: URL): string[] {
  if (!entry.pathname.endsWith('.ts')) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}

/** The process computes and does nothing else: it gets what a process needs to start, and no secret. */
export function computeEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LD_LIBRARY_PATH', 'NODE_ENV', 'LANG', 'TZ'];
  return Object.fromEntries(
    names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  ) as NodeJS.ProcessEnv;
}
