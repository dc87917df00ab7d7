'use client';
import { Upload } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { type ImageDemo, samplePictures } from './use-image-demo.ts';

/** What is looked at, and how to choose another: a sample, a file, or one that is dropped. */
export function PictureChoice({ demo: { picture, choose, chooseFile } }: { demo: ImageDemo }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);

  function take(files: FileList | null | undefined) {
    const file = files?.[0];
    if (file) chooseFile(file);
  }

  const dropping = {
    onDragOver: (event: DragEvent) => {
      event.preventDefault();
      setOver(true);
    },
    onDragLeave: () => setOver(false),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      take(event.dataTransfer.files);
    },
  };

  return (
    <div className="flex flex-col">
      <p className="label text-ink-2">Drop a picture, or choose one</p>
      <figure className={over ? 'picture over' : 'picture'} {...dropping}>
        {picture && <Preview key={picture.url} url={picture.url} name={picture.name} />}
      </figure>
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
        <button type="button" className="btn edged ml-auto" onClick={() => input.current?.click()}>
          <Upload size={16} strokeWidth={1.5} aria-hidden />
          Choose a file
        </button>
        <input
          ref={input}
          type="file"
          accept="image/*"
          hidden
          aria-label="A picture to look at"
          onChange={(event) => {
            take(event.target.files);
            // The same file again is a choice as well.
            event.target.value = '';
          }}
        />
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
