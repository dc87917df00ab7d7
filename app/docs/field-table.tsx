import { Scroller } from '../_components/scroller.tsx';

type FieldRow = readonly [name: string, type: string, meaning: string];

export function FieldTable({ fields }: { fields: readonly FieldRow[] }) {
  return (
    <Scroller className="mt-3" label="Fields">
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
