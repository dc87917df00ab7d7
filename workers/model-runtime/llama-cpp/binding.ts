import { createRequire } from 'node:module';
import path from 'node:path';
import { ModelRuntimeError } from '../model-runtime.ts';

/** The packages with llama.cpp's binaries; their interface is not promised to stay, so the version is exact. */
export const BINDING_VERSION = '3.22.1';

export type LlamaDevice = 'cpu' | 'cuda' | 'vulkan' | 'metal';

/**
 * What we use of node-llama-cpp's native module (llama/addon in its repository): llama.cpp itself, without the
 * package's own queues and sessions, which cost a third of its speed.
 */
export interface LlamaBinding {
  readonly AddonModel: new (file: string, parameters: ModelParameters) => LlamaModel;
  readonly AddonModelLora: new (model: LlamaModel, file: string) => LlamaLora;
  readonly AddonContext: new (model: LlamaModel, parameters: ContextParameters) => LlamaContext;
  readonly AddonSampler: new (model: LlamaModel) => LlamaSampler;
  readonly AddonGrammar: new (grammar: string, options: { addonExports: LlamaBinding }) => object;
  readonly AddonGrammarEvaluationState: new (model: LlamaModel, grammar: object) => object;
  readonly AddonJinjaRenderer: new (template: string) => { render(values: object): string };
  setLogger(logger: (level: number, message: string) => void): void;
  setLoggerLogLevel(level: number): void;
  loadBackends(folder?: string): void;
  getGpuType(): 'cuda' | 'vulkan' | 'metal' | false | undefined;
  init(): Promise<void>;
}

export interface ModelParameters {
  readonly addonExports: LlamaBinding;
  readonly gpuLayers: number;
  readonly useMmap: boolean;
}

export interface ContextParameters {
  /** Over all sequences. */
  readonly contextSize: number;
  readonly batchSize: number;
  readonly sequences: number;
  readonly flashAttention: boolean;
  readonly threads: number;
}

/** An adapter, once `loadLora` has read it. */
export type LlamaLora = object;

export interface LlamaModel {
  init(): Promise<boolean>;
  loadLora(adapter: LlamaLora): Promise<void>;
  tokenize(text: string, withSpecialTokens: boolean): Uint32Array;
  detokenize(tokens: Uint32Array, withSpecialTokens: boolean): string;
  isEogToken(token: number): boolean;
  tokenBos(): number;
  tokenEos(): number;
  shouldPrependBosToken(): boolean;
  getTrainContextSize(): number;
}

export interface LlamaContext {
  init(): Promise<boolean>;
  setThreads(threads: number): void;
  /** Of all that is decoded from now on, over all sequences. */
  setLoras(adapters: readonly LlamaLora[], scales: readonly number[]): void;
  initBatch(tokens: number): void;
  /** Where in the batch the logits that were asked for will be. */
  addToBatch(sequence: number, position: number, tokens: Uint32Array, withLogits: Uint32Array): Uint32Array;
  decodeBatch(): Promise<void>;
  sampleToken(logits: number, sampler: LlamaSampler): Promise<number>;
  sampleToken(
    logits: number,
    sampler: LlamaSampler,
    probabilities: false,
    confidence: false,
    wanted: LogitsWanted,
    total: true,
  ): Promise<SampledLogits>;
  removeTokenCellsFromSequence(sequence: number, from: number, to: number): boolean;
  copySequenceStateFromOtherSequence(to: number, from: number): Promise<number>;
}

export type LogitsWanted = readonly [
  tokens: readonly number[],
  greatest: boolean,
  least: boolean,
  chosen: boolean,
  top: number,
];
export type SampledLogits = readonly [
  token: number,
  probabilities: undefined,
  confidence: undefined,
  /** Token, logit, token, logit, … */
  logits: readonly number[],
  /** Sum of exp(logit - greatest logit) over the vocabulary. */
  total: number,
];

export interface LlamaSampler {
  applyConfig(settings: LlamaSamplerSettings): void;
  dispose(): void;
}

export interface LlamaSamplerSettings {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly repeatPenalty?: number;
  readonly repeatPenaltyMaxTokens?: number;
  readonly repeatPenaltyTokens?: Uint32Array;
  readonly repeatPenaltyPresencePenalty?: number;
  readonly repeatPenaltyFrequencyPenalty?: number;
  readonly tokenBiasKeys?: Uint32Array;
  readonly tokenBiasValues?: Float32Array;
  readonly grammarEvaluationState?: object;
}

const require = createRequire(import.meta.url);
const ERRORS_ONLY = 2;

/** Loads llama.cpp for this machine. Throws with a sentence that says what to install. */
export async function loadLlamaBinding(device: LlamaDevice): Promise<LlamaBinding> {
  const folder = binariesFolder(device);
  const binding = require(path.join(folder, 'llama-addon.node')) as LlamaBinding;
  // Its messages quote nothing that was sent, but are many; what fails throws.
  binding.setLogger(() => {});
  binding.setLoggerLogLevel(ERRORS_ONLY);
  binding.loadBackends();
  if (binding.getGpuType() === undefined) binding.loadBackends(folder);
  await binding.init();
  if (device !== 'cpu' && binding.getGpuType() !== device) {
    throw new ModelRuntimeError(
      `llama.cpp finds no device for ${device}: see whether its driver is installed.`,
    );
  }
  return binding;
}

export function isLlamaInstalled(device: LlamaDevice): boolean {
  return findBinaries(device) !== null;
}

export function howToInstallLlama(device: LlamaDevice): string {
  return `npm run engine:install -- --text ${device}`;
}

function binariesFolder(device: LlamaDevice): string {
  const found = findBinaries(device);
  if (found === null) throw new ModelRuntimeError(`llama.cpp is not installed: ${howToInstallLlama(device)}`);
  return found;
}

function findBinaries(device: LlamaDevice): string | null {
  const name = packageName(process.platform, process.arch, device);
  try {
    const entry = require.resolve(`@node-llama-cpp/${name}`);
    return path.join(path.dirname(entry), '..', 'bins', name);
  } catch {
    return null;
  }
}

/** As the packages are called; on a Mac with Apple's processor there is one, with Metal. */
export function packageName(platform: NodeJS.Platform, arch: string, device: LlamaDevice): string {
  const systems: Partial<Record<NodeJS.Platform, string>> = { linux: 'linux', darwin: 'mac', win32: 'win' };
  const base = `${systems[platform] ?? platform}-${arch}`;
  if (base === 'mac-arm64') return 'mac-arm64-metal';
  return device === 'cpu' ? base : `${base}-${device}`;
}
