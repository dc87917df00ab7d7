import { Scroller } from '../_components/scroller.tsx';

type FieldRow = readonly [name: string, type: string, meaning: string];

interface FieldTableProps {
  readonly label: string;
  readonly fields: readonly FieldRow[];
  /** Left out: of fields. */
  readonly head?: FieldRow;
}

const headOfFields: FieldRow = ['Field', 'Type', 'Meaning'];

export function FieldTable({ label, fields, head = headOfFields }: FieldTableProps) {
  return (
    <Scroller className="mt-3" label={label}>
      <table className="table stacks">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {fields.map(([name, type, meaning]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>
              </th>
              <td className="text-ink-2 md:whitespace-nowrap">{type}</td>
              <td>{meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroller>
  );
}
