'use client';
import { Dialog } from '../../_components/dialog.tsx';
import { Ledger } from '../../_components/slip.tsx';
import { useCommandKey } from '../../_components/use-command-key.ts';
import { placesOf } from './places.ts';
import { useShell } from './shell-context.ts';

interface ShortcutsDialogProps {
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
}

export function ShortcutsDialog({ open, onOpenChange }: ShortcutsDialogProps) {
  const { workspace } = useShell();
  const command = useCommandKey();
  const places = placesOf(workspace.slug).flatMap((group) => group.places);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Shortcuts" narrow>
      <div className="content">
        <Ledger
          lines={[
            ['Find or do', <Keys key="k" keys={[command, 'K']} />],
            ['This list', <Keys key="?" keys={['?']} />],
            ...places.map(
              ({ name, key }) => [name, <Keys key={key} keys={['G', key.toUpperCase()]} />] as const,
            ),
            ['Run, in the playground', <Keys key="↵" keys={[command, '↵']} />],
            ['Move the cursor of a chart', <Keys key="a" keys={['←', '→']} />],
          ]}
        />
      </div>
      <footer>
        <button type="button" className="btn edged" onClick={() => onOpenChange(false)}>
          Close
        </button>
      </footer>
    </Dialog>
  );
}

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <span className="flex gap-1">
      {keys.map((key) => (
        <kbd key={key} className="kbd">
          {key}
        </kbd>
      ))}
    </span>
  );
}
