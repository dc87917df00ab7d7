'use client';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import type { ApiKeyItem, CreatedApiKey } from '#server/domain/api-keys/schema.ts';
import { roleMay } from '#server/domain/members/schema.ts';
import type { WorkspaceItem } from '#server/domain/workspaces/schema.ts';
import { RefusalNote } from '../../../../_components/refusal-note.tsx';
import { SearchBox } from '../../../../_components/search-box.tsx';
import { useUrlParam } from '../../../../_components/use-url-param.ts';
import { plural } from '../../../../_format/number.ts';
import { Sheet } from '../../../_shell/sheet.tsx';
import { CreateKeyDialog } from '../_keys/create-key-dialog.tsx';
import { KeyOnceDialog } from '../_keys/key-once-dialog.tsx';
import { useApiKeys } from '../_keys/use-api-keys.ts';
import { isActive, matches } from './key-state.ts';
import { KeyRows, KeyTable } from './key-table.tsx';
import { RenameKeyDialog } from './rename-key-dialog.tsx';
import { RevokeKeyDialog } from './revoke-key-dialog.tsx';

interface KeysScreenProps {
  readonly workspace: WorkspaceItem;
  readonly initial: readonly ApiKeyItem[];
  readonly apiUrl: string;
}

export function KeysScreen({ workspace, initial, apiUrl }: KeysScreenProps) {
  const [find, setFind] = useUrlParam('find');
  const [show, setShow] = useUrlParam('show');
  const [create, setCreate] = useUrlParam('create');
  const [created, setCreated] = useState<CreatedApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKeyItem | null>(null);
  const [renaming, setRenaming] = useState<ApiKeyItem | null>(null);
  const { data: keys = initial, error } = useApiKeys(workspace.id, { initial });

  const mayManage = roleMay(workspace.role, 'keys:manage');
  const showsRevoked = show === 'revoked';
  const listed = keys.filter((key) => isActive(key) !== showsRevoked);
  const found = listed.filter((key) => matches(key, find ?? ''));
  const actions = { mayManage, onRevoke: setRevoking, onRename: setRenaming };

  return (
    <Sheet
      title="API keys"
      actions={
        mayManage && (
          <button type="button" className="btn primary" onClick={() => setCreate('1')}>
            <Plus size={16} strokeWidth={1.5} aria-hidden />
            Create key
          </button>
        )
      }
    >
      <div className="filters">
        <SearchBox
          label="Find keys"
          placeholder="Name, prefix, member"
          value={find ?? ''}
          onChange={setFind}
        />
        <fieldset className="seg" aria-label="Which keys">
          <button type="button" aria-pressed={!showsRevoked} onClick={() => setShow(null)}>
            Active
          </button>
          <button type="button" aria-pressed={showsRevoked} onClick={() => setShow('revoked')}>
            Revoked, expired
          </button>
        </fieldset>
        <span className="text-small text-ink-3 md:ml-auto">
          {plural(found.length, 'key')}. A revoked key fails on its next call.
        </span>
      </div>

      {error && (
        <div className="mt-4">
          <RefusalNote error={error}> The keys below are as they were last.</RefusalNote>
        </div>
      )}
      {found.length === 0 ? (
        <Empty
          filtered={listed.length > 0}
          showsRevoked={showsRevoked}
          onClear={() => setFind(null)}
          onCreate={mayManage ? () => setCreate('1') : undefined}
        />
      ) : (
        <>
          <KeyTable keys={found} {...actions} />
          <KeyRows keys={found} {...actions} />
        </>
      )}

      <CreateKeyDialog
        workspaceId={workspace.id}
        open={create !== null && mayManage && created === null}
        onOpenChange={(open) => setCreate(open ? '1' : null)}
        onCreated={(made) => {
          setCreate(null);
          setCreated(made);
        }}
      />
      {created && <KeyOnceDialog created={created} apiUrl={apiUrl} onClose={() => setCreated(null)} />}
      {revoking && (
        <RevokeKeyDialog workspaceId={workspace.id} apiKey={revoking} onClose={() => setRevoking(null)} />
      )}
      {renaming && (
        <RenameKeyDialog workspaceId={workspace.id} apiKey={renaming} onClose={() => setRenaming(null)} />
      )}
    </Sheet>
  );
}

interface EmptyProps {
  readonly filtered: boolean;
  readonly showsRevoked: boolean;
  readonly onClear: () => void;
  readonly onCreate: (() => void) | undefined;
}

function Empty({ filtered, showsRevoked, onClear, onCreate }: EmptyProps) {
  return (
    <div className="border-line-2 mt-4 border-y py-10">
      {filtered && (
        <p>
          No key matches.{' '}
          <button type="button" className="text-petrol underline underline-offset-3" onClick={onClear}>
            Clear the filter
          </button>
        </p>
      )}
      {!filtered && showsRevoked && <p>No key has been revoked or has expired.</p>}
      {!filtered && !showsRevoked && (
        <>
          <p className="mb-4">No keys yet. A key is shown once, when it is made; we keep only its hash.</p>
          {onCreate && (
            <button type="button" className="btn edged" onClick={onCreate}>
              <Plus size={16} strokeWidth={1.5} aria-hidden />
              Create the first key
            </button>
          )}
        </>
      )}
    </div>
  );
}
