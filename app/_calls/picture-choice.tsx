'use client';
import { Upload } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { PictureExplanation } from './ask-explanation.ts';
import type { Picture } from './ask-images.ts';
import { LookedAt } from './looked-at.tsx';
import type { Explanation } from './use-explanation.ts';
import { useFileDrop } from './use-file-drop.ts';
import { samplePictures } from './use-picture.ts';

interface PictureChoiceProps {
  readonly picture: Picture | null;
  readonly explanation: Explanation;
  /** Whether the picture that is shown has its answer. */
  readonly answered: boolean;
  readonly methodChoice?: ReactNode;
  readonly choose: (picture: Picture) => void;
  readonly chooseFile: (file: File) => void;
}

/** What is looked at, and how to choose another: a sample, a file, or one that is dropped. */
export function PictureChoice(props: PictureChoiceProps) {
  const { picture, explanation, answered, methodChoice, choose, chooseFile } = props;
  const { over, open, place, field } = useFileDrop(chooseFile);

  return (
    <div className="flex flex-col">
      <p className="label text-ink-2">Drop a picture, or choose one</p>
      <figure className={over ? 'picture over' : 'picture'} {...place}>
        {picture && <Preview key={picture.url} url={picture.url} name={picture.name} />}
        {explanation.shown && explanation.answer && <HeatMap answer={explanation.answer} />}
      </figure>
      <LookedAt explanation={explanation} answered={answered} choice={methodChoice} />
      <div className="mt-3 flex flex-wrap items-center gap-2">
        {samplePictures.map((sample) => (
          <button
            key={sample.url}
            type="button"
            className="thumb"
            aria-pressed={picture === sample}
            aria-label={`Sample: ${sample.name}`}
            onClick={() => choose(sample)}
          >
            {/* oxlint-disable-next-line nextjs/no-img-element -- 20 KB each, as they are sent. */}
            <img src={sample.url} alt="" />
          </button>
        ))}
        <button type="button" className="btn edged ml-auto" onClick={open}>
          <Upload size={16} strokeWidth={1.5} aria-hidden />
          Choose a file
        </button>
        <input {...field} accept="image/*" aria-label="A picture to look at" />
      </div>
      <p className="text-dense text-ink-3 mt-2">JPEG, PNG, WebP, AVIF or GIF, up to 10 MiB.</p>
    </div>
  );
}

/** What the browser can't show, the API may still read. */
function Preview({ url, name }: { url: string; name: string }) {
  const [broken, setBroken] = useState(false);
  if (broken) return <figcaption>No preview of {name}</figcaption>;
  // oxlint-disable-next-line nextjs/no-img-element -- a file of the visitor's, which no server of ours has.
  return <img src={url} alt={name} onError={() => setBroken(true)} />;
}

/** As wide and high as the picture, so that both fill the frame alike. */
function HeatMap({ answer: { label, method, heat_map } }: { answer: PictureExplanation }) {
  return (
    // oxlint-disable-next-line nextjs/no-img-element -- it came with the answer.
    <img
      className="heat"
      src={`data:image/png;base64,${heat_map.base64}`}
      alt={`Which cells speak for ${label}${method === 'grad-cam' ? '' : ', and which against it'}`}
    />
  );
}
