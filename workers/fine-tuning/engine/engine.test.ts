import { describe, expect, it } from 'vitest';
import { describeEngine, EngineError, wantedEngine } from './engine.ts';
import { startEngine } from './start-engine.ts';

describe('the engine that is wanted', () => {
  it('is the fastest where nothing is said', () => {
    expect(wantedEngine(undefined)).toBe('auto');
    expect(wantedEngine('')).toBe('auto');
    expect(wantedEngine('gpu')).toBe('gpu');
  });

  it('is refused by name where there is none such', () => {
    expect(() => wantedEngine('cuda')).toThrow('ENGINE is "cuda"; it is one of auto, gpu, native, wasm.');
  });
});

describe('starting an engine', () => {
  it('takes WebAssembly when it is told to, and says so', async () => {
    const engine = await startEngine('wasm');
    expect(engine).toMatchObject({ name: 'wasm', usesGpu: false, tensorflowVersion: null });
    expect(describeEngine(engine)).toMatch(/^wasm, TensorFlow\.js 4\.22\.0, .*threads$/);
  });

  it('never takes less than a GPU for one: it says what to install', async () => {
    const started = startEngine('gpu').then(
      ({ usesGpu }) => ({ usesGpu, message: '' }),
      (error: unknown) => {
        expect(error).toBeInstanceOf(EngineError);
        return { usesGpu: true, message: (error as EngineError).message };
      },
    );
    const { usesGpu, message } = await started;
    expect(usesGpu).toBe(true);
    if (message) expect(message).toMatch(/no GPU can be used .* npm run engine:install -- --gpu/);
  });
});
