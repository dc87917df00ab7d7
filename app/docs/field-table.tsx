import { Scroller } from '../_components/scroller.tsx';

type FieldRow = readonly [name: string, type: string, meaning: string];

interface FieldTableProps {
  readonly label: string;
  readonly fields: readonly FieldRow[];
}

export function FieldTable({ label, fields }: FieldTableProps) {
  return (
    <Scroller className="mt-3" label={label}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Type</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {fields.map(([name, type, meaning]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className="text-ink-2 whitespace-nowrap">{type}</td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
