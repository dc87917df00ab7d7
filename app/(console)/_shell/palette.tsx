'use client';
import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { BookOpen, Box, KeyRound, LogOut, Plus, SunMoon } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { backToLastPlace } from '../../_components/last-place.ts';
import { setTheme, themes, useTheme } from '../../_components/use-theme.ts';
import { useRpc } from '../../_trpc/client.ts';
import { docsPages } from '../../docs/docs-pages.ts';
import { leave } from './leave.ts';
import { placesOf } from './places.ts';
import { useShell } from './shell-context.ts';

interface PaletteProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

const icon = { size: 16, strokeWidth: 1.5, 'aria-hidden': true } as const;

/** One field for everything: go somewhere, do something, find a key. */
export function Palette({ open, onOpenChange }: PaletteProps) {
  const { workspace, workspaces, onCreateWorkspace } = useShell();
  const router = useRouter();
  const rpc = useRpc();
  const theme = useTheme();
  const keys = useQuery(rpc.apiKey.list.queryOptions({ workspaceId: workspace.id }, { enabled: open }));

  const run = (action: () => void) => () => {
    onOpenChange(false);
    action();
  };
  const go = (href: string) => run(() => router.push(href));

  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="scrim" />
        <Dialog.Content className="palette" aria-describedby={undefined} onCloseAutoFocus={backToLastPlace}>
          <Dialog.Title className="sr-only">Find or do</Dialog.Title>
          <Command label="Find or do" loop>
            <Command.Input placeholder="Find or do" aria-label="Find or do" />
            <Command.List aria-label="Found">
              <Command.Empty>Nothing by that name. Try a page, a key or a workspace.</Command.Empty>
              <Command.Group heading="Go">
                {placesOf(workspace.slug)
                  .flatMap((group) => group.places)
                  .map(({ name, href, icon: Icon, key }) => (
                    <Command.Item key={href} value={`go ${name}`} onSelect={go(href)}>
                      <Icon {...icon} />
                      {name}
                      <span className="end">G {key.toUpperCase()}</span>
                    </Command.Item>
                  ))}
                {workspaces
                  .filter(({ slug }) => slug !== workspace.slug)
                  .map(({ slug, name }) => (
                    <Command.Item key={slug} value={`workspace ${name} ${slug}`} onSelect={go(`/w/${slug}`)}>
                      <Box {...icon} />
                      {name}
                      <span className="end">workspace</span>
                    </Command.Item>
                  ))}
              </Command.Group>
              <Command.Group heading="Do">
                <Command.Item value="create api key" onSelect={go(`/w/${workspace.slug}/keys?create=1`)}>
                  <Plus {...icon} />
                  Create key
                </Command.Item>
                <Command.Item value="new batch" onSelect={go(`/w/${workspace.slug}/batches?create=1`)}>
                  <Plus {...icon} />
                  New batch
                </Command.Item>
                <Command.Item
                  value="create webhook endpoint"
                  onSelect={go(`/w/${workspace.slug}/webhooks?create=1`)}
                >
                  <Plus {...icon} />
                  Create webhook endpoint
                </Command.Item>
                <Command.Item value="create workspace" onSelect={run(onCreateWorkspace)}>
                  <Plus {...icon} />
                  Create workspace
                </Command.Item>
                {themes
                  .filter((other) => other !== theme)
                  .map((other) => (
                    <Command.Item key={other} value={`theme ${other}`} onSelect={run(() => setTheme(other))}>
                      <SunMoon {...icon} />
                      Theme: {other === 'system' ? 'as the system' : other}
                    </Command.Item>
                  ))}
                <Command.Item value="sign out" onSelect={run(() => void leave())}>
                  <LogOut {...icon} />
                  Sign out
                </Command.Item>
              </Command.Group>
              {keys.data && keys.data.length > 0 && (
                <Command.Group heading="Keys">
                  {keys.data.map((key) => (
                    <Command.Item
                      key={key.id}
                      value={`key ${key.name} ${key.prefix}`}
                      onSelect={go(
                        `/w/${workspace.slug}/keys?find=${encodeURIComponent(key.prefix)}${key.revokedAt ? '&show=revoked' : ''}`,
                      )}
                    >
                      <KeyRound {...icon} />
                      {key.name}
                      <code className="end">{key.prefix}…</code>
                    </Command.Item>
                  ))}
                </Command.Group>
              )}
              <Command.Group heading="Docs">
                {docsPages.map(({ href, title }) => (
                  <Command.Item key={href} value={`docs ${title}`} onSelect={go(href)}>
                    <BookOpen {...icon} />
                    {title}
                  </Command.Item>
                ))}
              </Command.Group>
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
