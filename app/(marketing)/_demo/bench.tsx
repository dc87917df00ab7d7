'use client';
import { Tabs } from 'radix-ui';
import { useState } from 'react';
import { EdgeTicks } from '../../_components/rule.tsx';
import { ImagePanel } from './image-panel.tsx';
import { SentimentPanel } from './sentiment-panel.tsx';
import { TextPanel } from './text-panel.tsx';
import { useImageDemo } from './use-image-demo.ts';
import { useTextDemo } from './use-text-demo.ts';

/** The live demo: every figure on it comes from the call that was just made. */
export function Bench() {
  const [task, setTask] = useState('sentiment');
  const images = useImageDemo({ shown: task === 'images' });
  const text = useTextDemo();

  return (
    <section className="bench-top" aria-label="Live demo">
      <EdgeTicks />
      <Tabs.Root value={task} onValueChange={setTask}>
        <div className="demo-head">
          <Tabs.List className="tabs" aria-label="What to try">
            <Tabs.Trigger value="sentiment">Sentiment</Tabs.Trigger>
            <Tabs.Trigger value="images">Images</Tabs.Trigger>
            <Tabs.Trigger value="text">Text</Tabs.Trigger>
          </Tabs.List>
          <span className="text-small text-ink-3 max-md:hidden">
            Calls the real API. Nothing you give it is kept.
          </span>
        </div>
        <Tabs.Content value="sentiment" tabIndex={-1}>
          <SentimentPanel />
        </Tabs.Content>
        <Tabs.Content value="images" tabIndex={-1}>
          <ImagePanel demo={images} />
        </Tabs.Content>
        <Tabs.Content value="text" tabIndex={-1}>
          <TextPanel demo={text} />
        </Tabs.Content>
      </Tabs.Root>
    </section>
  );
}
