import type { Metadata } from 'next';
import Link from 'next/link';
import { apiUrl } from '#server/api/addresses.ts';
import { Scroller } from '../../_components/scroller.tsx';
import { Section } from '../section.tsx';
import { pathGroups } from './path-groups.ts';

export const metadata: Metadata = { title: 'All paths' };

export default function PathsPage() {
  const api = apiUrl();
  return (
    <>
      <h1>All paths</h1>
      <p className="lead">
        Every path of <code>{api}/v1</code>, with the scope that a key needs for it.
      </p>
      <Scroller label="All paths">
        <table className="table stacks">
          <thead>
            <tr>
              <th scope="col">Path</th>
              <th scope="col">Scope</th>
              <th scope="col">What it does</th>
              <th scope="col">Fields and limits</th>
            </tr>
          </thead>
          <tbody>
            {pathGroups.flatMap(({ title, href, paths }) =>
              paths.map(([path, scope, meaning]) => (
                <tr key={path}>
                  <th scope="row">
                    <code>{path}</code>
                  </th>
                  <td className="text-ink-2">{scope}</td>
                  <td className="full">{meaning}</td>
                  <td className="md:whitespace-nowrap">
                    <Link href={href}>{title}</Link>
                  </td>
                </tr>
              )),
            )}
          </tbody>
        </table>
      </Scroller>
      <Section id="others" title="Others">
        <p>
          Below <code>/models</code> and <code>/generate</code> stand the paths that{' '}
          <Link href="/docs/hugging-face#paths">Hugging Face’s clients</Link> ask. All of them are described,
          field by field and for generators, in{' '}
          <a href={`${api}/v1/openapi.json`}>
            <code>/v1/openapi.json</code>
          </a>
          .
        </p>
      </Section>
    </>
  );
}
