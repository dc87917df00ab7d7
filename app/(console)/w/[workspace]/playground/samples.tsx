'use client';

interface SamplesProps {
  readonly samples: readonly { readonly name: string; readonly choose: () => void }[];
}

export function Samples({ samples }: SamplesProps) {
  return (
    <p className="text-dense mt-2 mb-5 flex flex-wrap gap-x-3.5 gap-y-1">
      <span className="text-ink-3">Try</span>
      {samples.map(({ name, choose }) => (
        <button
          key={name}
          type="button"
          className="text-petrol hover:text-petrol-hover underline underline-offset-3"
          onClick={choose}
        >
          {name}
        </button>
      ))}
    </p>
  );
}
