import { readFileSync } from 'node:fs';
import { DANGEROUS_EFFECTS } from '../../src/approvals/dangerous-effects.js';

/** The rows of the table of effects in docs/operate.md, without the padding of the columns. */
function documentedRows(): string[] {
  const section = /## Two people\n([^]*?)\n## /.exec(readFileSync('docs/operate.md', 'utf8'))?.[1] ?? '';
  const [table = ''] = /\| effect[^]*?\n\n/.exec(section) ?? [];
  return table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.replace(/\s*\|\s*/g, '|'));
}

it('docs/operate.md lists every dangerous effect, and no other', () => {
  const rows = Object.values(DANGEROUS_EFFECTS).map(
    ({ effect, operations, when }) =>
      `|${effect}|${operations.map((operation) => `\`${operation}\``).join(', ')}|${when}|`,
  );
  expect(documentedRows()).toEqual(rows);
});
