'use client';
import { Ellipsis } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import type { ApiKeyItem } from '#server/domain/api-keys/schema.ts';
import { Ago } from '../../../../_components/ago.tsx';
import { Menu, MenuItem, MenuLine } from '../../../../_components/menu.tsx';
import { Scroller } from '../../../../_components/scroller.tsx';
import { useCopy } from '../../../../_components/use-copy.ts';
import { count } from '../../../../_format/number.ts';
import { calendarDate, daysUntil } from '../../../../_format/time.ts';
import { useShell } from '../../../_shell/shell-context.ts';
import { isActive, stateOf } from './key-state.ts';
import { mayCall } from './may-call.ts';

interface KeyListProps {
  readonly keys: readonly ApiKeyItem[];
  readonly mayManage: boolean;
  readonly onRevoke: (key: ApiKeyItem) => void;
  readonly onRename: (key: ApiKeyItem) => void;
}

export function KeyTable({ keys, ...actions }: KeyListProps) {
  return (
    <Scroller className="mt-4 max-md:hidden" label="The keys">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Key</th>
            <th scope="col">May call</th>
            <th scope="col">Created</th>
            <th scope="col">Last used</th>
            <th scope="col" className="num">
              Limit, a minute
            </th>
            <th scope="col">Expires</th>
            <th scope="col">
              <span className="sr-only">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row" className="long-name" title={key.name}>
                <KeyName apiKey={key} />
              </th>
              <td>
                <code className="text-ink-2">{key.prefix}…</code>
              </td>
              <td className="text-ink-2">{mayCall(key.scopes)}</td>
              <td className="text-ink-2 whitespace-nowrap" title={key.createdBy ?? undefined}>
                {calendarDate(key.createdAt)}
              </td>
              <td className="whitespace-nowrap">
                {key.lastUsedAt ? <Ago at={key.lastUsedAt} /> : <span className="text-ink-3">never</span>}
              </td>
              <td className="num">{count(key.requestsPerMinute)}</td>
              <td className="whitespace-nowrap">
                <Ends apiKey={key} />
              </td>
              <td className="num">
                <KeyMenu apiKey={key} {...actions} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}

export function KeyRows({ keys, ...actions }: KeyListProps) {
  return (
    <ul className="rows mt-4 md:hidden">
      {keys.map((key) => (
        <li key={key.id}>
          <div className="line">
            <b className="font-medium">
              <KeyName apiKey={key} />
            </b>
            <KeyMenu apiKey={key} {...actions} />
          </div>
          <div className="line text-ink-2">
            <code>{key.prefix}…</code>
            {key.lastUsedAt ? <Ago at={key.lastUsedAt} /> : <span>never used</span>}
          </div>
          <div className="line text-small text-ink-3">
            <span>{count(key.requestsPerMinute)} calls a minute</span>
            <span>
              expires: <Ends apiKey={key} />
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}

function KeyName({ apiKey }: { apiKey: ApiKeyItem }) {
  const { workspace } = useShell();
  return (
    <Link href={`/w/${workspace.slug}/keys/${apiKey.id}`}>
      <StatedName apiKey={apiKey} />
    </Link>
  );
}

function StatedName({ apiKey }: { apiKey: ApiKeyItem }) {
  const state = stateOf(apiKey);
  if (state === 'active') return apiKey.name;
  const shape = state === 'expires-soon' ? 'st warn' : 'st off';
  const said = { 'expires-soon': 'Expires soon', expired: 'Expired', revoked: 'Revoked' }[state];
  return (
    <span className={shape}>
      {apiKey.name}
      <span className="sr-only">{said}</span>
    </span>
  );
}

function Ends({ apiKey }: { apiKey: ApiKeyItem }) {
  if (apiKey.revokedAt) return <span className="text-ink-2">revoked {calendarDate(apiKey.revokedAt)}</span>;
  if (!apiKey.expiresAt) return <span className="text-ink-2">never</span>;
  const state = stateOf(apiKey);
  if (state !== 'expires-soon') {
    return (
      <span className="text-ink-2">{`${state === 'expired' ? 'expired ' : ''}${calendarDate(apiKey.expiresAt)}`}</span>
    );
  }
  return <DaysLeft until={apiKey.expiresAt} />;
}

function DaysLeft({ until }: { until: Date }) {
  const [now] = useState(() => new Date());
  const days = daysUntil(until, now);
  return <span className="text-warn">{days <= 1 ? 'in a day' : `${days} days left`}</span>;
}

interface KeyMenuProps extends Omit<KeyListProps, 'keys'> {
  readonly apiKey: ApiKeyItem;
}

function KeyMenu({ apiKey, mayManage, onRevoke, onRename }: KeyMenuProps) {
  const { copy } = useCopy();
  const { workspace } = useShell();
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="btn square" aria-label={`Actions for ${apiKey.name}`}>
          <Ellipsis size={16} strokeWidth={1.5} aria-hidden />
        </button>
      }
    >
      <MenuItem onSelect={() => void copy(apiKey.prefix)}>Copy prefix</MenuItem>
      <MenuItem asChild>
        <Link href={`/w/${workspace.slug}/keys/${apiKey.id}`}>Settings, secret</Link>
      </MenuItem>
      {mayManage && !apiKey.revokedAt && <MenuItem onSelect={() => onRename(apiKey)}>Rename</MenuItem>}
      {mayManage && isActive(apiKey) && (
        <>
          <MenuLine />
          <MenuItem className="bad" onSelect={() => onRevoke(apiKey)}>
            Revoke…
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
