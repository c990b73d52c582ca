import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDERS = [
  '.',
  'docs',
  'docs/adr',
  'docs/openapi',
  'docs/openapi/released',
  'packages/contract-checker',
];
const DOCUMENTS = FOLDERS.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
/** Paths of files of the project, as the documents name them from the root. */
const PATH = /^(?:src|test|docs|tools|bench|docker|packages|\.ci)\/[\w./*{},-]*$/;

/** The text without code blocks, in which a bracket is no link. */
function prose(document: string): string {
  return readFileSync(document, 'utf8').replace(/^```[\s\S]*?^```/gm, '');
}

/** The anchors that GitHub generates for the headings. */
function anchorsOf(document: string): Set<string> {
  const headings = [...prose(document).matchAll(/^#+ +(.+)$/gm)].map(([, text = '']) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function brokenLinks(document: string): string[] {
  const links = [...prose(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = '']) => target);
  return links.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? document : join(dirname(document), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
  });
}

function missingPaths(document: string): string[] {
  const named = [...prose(document).matchAll(/`([^`\s]+)`/g)].map(([, text = '']) => text);
  // A pattern, such as `docs/openapi/*.json`, or a file yet to be written, names no existing file.
  return named.filter((text) => PATH.test(text) && !/[*{]/.test(text) && !existsSync(text));
}

describe.each(DOCUMENTS)('%s', (document) => {
  it('has no broken link', () => {
    expect(brokenLinks(document)).toEqual([]);
  });

  it('names only paths that exist', () => {
    expect(missingPaths(document)).toEqual([]);
  });
});
