'use client';
import { useId } from 'react';
import { FieldNote } from '../../../../../_components/field.tsx';
import { type BatchEndpoint, batchEndpoints, isBatchEndpoint } from './endpoints.ts';

interface EndpointFieldProps {
  readonly endpoint: BatchEndpoint | null;
  readonly error: string | undefined;
  readonly onChange: (endpoint: BatchEndpoint | null) => void;
}

export function EndpointField({ endpoint, error, onChange }: EndpointFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  return (
    <div className="field">
      <label className="label" htmlFor={id}>
        Endpoint
      </label>
      <select
        id={id}
        className="input"
        value={endpoint ?? ''}
        aria-invalid={error ? true : undefined}
        aria-describedby={noteId}
        onChange={({ target: { value } }) => onChange(isBatchEndpoint(value) ? value : null)}
      >
        <option value="">Choose a path</option>
        {batchEndpoints.map((path) => (
          <option key={path} value={path}>
            {path}
          </option>
        ))}
      </select>
      <FieldNote
        id={noteId}
        error={error}
        help="No line names a url. This one is written into each as the file is sent."
      />
    </div>
  );
}
