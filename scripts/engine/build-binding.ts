import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { EngineError } from '#workers/fine-tuning/engine/engine.ts';
import { type NativeName, packageFolder } from './native-package.ts';
import { runQuietly } from './run-quietly.ts';

/** What a TensorFlow of today is named, and what the binding of the last release looks for. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'libtensorflow_cc.so.2': ['libtensorflow.so', 'libtensorflow_cc.so.2'],
  'libtensorflow_framework.so.2': ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
};
const HEADERS = ['tensorflow', 'tsl', 'xla', 'absl', 'third_party'];
const ABI = 'napi-v8';

/**
 * Compiles the binding's two files against a TensorFlow that is there, without node-gyp and without a download. The
 * library stays where it is: the package gets links to it.
 */
export async function buildBinding(
  name: NativeName,
  tensorflow: string,
  say: (sentence: string) => void,
): Promise<void> {
  if (process.platform !== 'linux') {
    throw new EngineError(`--tensorflow builds on Linux only; on ${process.platform} leave it out.`);
  }
  const source = resolve(tensorflow);
  expectTensorflow(source);
  const folder = packageFolder(`@tensorflow/${name}`);
  const headers = join(packageFolder('node-api-headers'), 'include');
  linkTensorflow(source, folder);
  const output = join('lib', ABI, 'tfjs_binding.node');
  mkdirSync(join(folder, 'lib', ABI), { recursive: true });
  say(`${name}: building the binding against ${source}`);
  const compiler = process.env.CXX ?? 'g++';
  const { code, output: log } = await runQuietly(compiler, compilerArguments(headers, output), {
    cwd: folder,
  });
  if (code === 127) {
    throw new EngineError(
      `There is no C++ compiler ${compiler}. Install one (Debian: apt-get install g++) or name yours in CXX.`,
    );
  }
  if (code !== 0) throw new EngineError(`${compiler} could not build the binding:\n${log.trim()}`);
}

function expectTensorflow(source: string): void {
  const missing = [...Object.keys(LIBRARIES), 'include/tensorflow/c/c_api.h'].filter(
    (file) => !existsSync(join(source, file)),
  );
  if (missing.length === 0) return;
  throw new EngineError(
    `${source} holds no TensorFlow: ${missing.join(', ')} missing. It is the folder "tensorflow" inside a Python wheel ` +
      'or a site-packages, version 2.18 or later.',
  );
}

function linkTensorflow(source: string, folder: string): void {
  const lib = join(folder, 'deps', 'lib');
  const include = join(folder, 'deps', 'include');
  for (const path of [lib, include]) {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
  }
  for (const [file, names] of Object.entries(LIBRARIES)) {
    for (const link of names) symlinkSync(join(source, file), join(lib, link));
  }
  for (const part of HEADERS) {
    const headers = join(source, 'include', part);
    if (existsSync(headers)) symlinkSync(headers, join(include, part));
  }
  // TensorFlow looks for pip's CUDA libraries beside its own folder, by the way that it was loaded.
  const cuda = join(dirname(source), 'nvidia');
  const link = join(folder, 'deps', 'nvidia');
  rmSync(link, { force: true });
  if (existsSync(cuda)) symlinkSync(cuda, link);
}

function compilerArguments(headers: string, output: string): string[] {
  const defines = ['NAPI_VERSION=8', 'NODE_GYP_MODULE_NAME=tfjs_binding', 'BUILDING_NODE_EXTENSION'];
  const include = [headers, '..', '.', 'deps/include'].flatMap((path) => ['-I', path]);
  const flags = ['-O3', '-fPIC', '-shared', '-std=c++17', ...defines.map((define) => `-D${define}`)];
  const sources = ['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'];
  const libraries = [
    '-L',
    'deps/lib',
    '-ltensorflow',
    '-ltensorflow_framework',
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
  return [...flags, ...include, ...sources, ...libraries, '-o', output];
}
