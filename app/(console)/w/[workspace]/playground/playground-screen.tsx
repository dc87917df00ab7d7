'use client';
import { Play, Square } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useEffect, useEffectEvent } from 'react';
import { roleMay } from '#server/domain/members/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { Note } from '../../../../_components/note.tsx';
import { useCommand } from '../../../../_components/use-command-key.ts';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { CallRail } from './call-rail.tsx';
import { ImagePanel } from './image-panel.tsx';
import { RunList } from './run-list.tsx';
import { SentimentPanel } from './sentiment-panel.tsx';
import { TextPanel } from './text-panel.tsx';
import { useConversation } from './use-conversation.ts';
import { useImageRun } from './use-image-run.ts';
import { useRuns } from './use-runs.ts';
import { useSentimentRun } from './use-sentiment-run.ts';

const tasks = ['sentiment', 'images', 'text'] as const;
type Task = (typeof tasks)[number];
const names = { sentiment: 'Sentiment', images: 'Images', text: 'Text' } as const satisfies Record<
  Task,
  string
>;

interface PlaygroundScreenProps {
  readonly workspace: WorkspaceItem;
  readonly apiUrl: string;
}

/** The three tasks on the public endpoints, with the workspace's own quota. What was tried stays in this tab. */
export function PlaygroundScreen({ workspace, apiUrl }: PlaygroundScreenProps) {
  const [given, setTask] = useUrlParam('task');
  const task = tasks.find((one) => one === given) ?? 'sentiment';
  const { runs, note } = useRuns();
  const sentiment = useSentimentRun({ apiUrl, note });
  const images = useImageRun({ apiUrl, note });
  const text = useConversation({ apiUrl, note });
  const panel = { sentiment, images, text }[task];
  const command = useCommand('↵');
  const mayCall = roleMay(workspace.role, 'models:call');
  const canRun = mayCall && panel.canRun && !panel.running;

  const onKeyDown = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey) || !canRun) return;
    event.preventDefault();
    panel.run();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKeyDown(event);
    document.addEventListener('keydown', listener);
    return () => document.removeEventListener('keydown', listener);
  }, []);

  return (
    <Sheet
      title="Playground"
      actions={
        panel.running && panel.stop ? (
          <button type="button" className="btn edged" onClick={panel.stop}>
            <Square size={16} strokeWidth={1.5} aria-hidden />
            Stop
          </button>
        ) : (
          <button type="button" className="btn primary" disabled={!canRun} onClick={panel.run}>
            <Play size={16} strokeWidth={1.5} aria-hidden />
            {panel.running ? 'Running' : 'Run'}
            <kbd className="kbd max-md:hidden" aria-hidden>
              {command}
            </kbd>
          </button>
        )
      }
    >
      {!mayCall && (
        <div className="mb-4">
          <Note>
            Calls cost the workspace’s units, and a {workspace.role} makes none. An owner or admin can give
            you another role. The code beside each task runs with a key.
          </Note>
        </div>
      )}
      <Tabs.Root value={task} onValueChange={(next) => setTask(next === 'sentiment' ? null : next)}>
        <Tabs.List className="tabs" aria-label="Task">
          {tasks.map((one) => (
            <Tabs.Trigger key={one} value={one}>
              {names[one]}
            </Tabs.Trigger>
          ))}
        </Tabs.List>
        {tasks.map((one) => (
          <Tabs.Content key={one} value={one} tabIndex={-1} className="playground">
            {one === 'sentiment' && <SentimentPanel state={sentiment} mayCall={mayCall} />}
            {one === 'images' && <ImagePanel state={images} />}
            {one === 'text' && <TextPanel state={text} />}
            <CallRail task={names[one]} panel={panel} slug={workspace.slug} />
          </Tabs.Content>
        ))}
      </Tabs.Root>
      <RunList runs={runs} />
    </Sheet>
  );
}
