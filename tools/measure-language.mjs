/**
 * Counts personal and vague pronouns such as "whoever" and "nobody" per 1,000 words of prose: comments of
 * the sources, descriptions in the OpenAPI documents, test names, and the Markdown files. Code and data are "it", and a
 * caller is "the caller"; a high figure means prose that names neither subject nor mechanism.
 *
 *   node tools/measure-language.mjs [--list] [path prefix …]
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const PRONOUN =
  /\b(?:who|whom|whoever|whomever|nobody|somebody|anybody|everybody|someone|anyone|everyone|no one|whatever|whichever|others|himself|herself|themselves)\b/gi;
const WORD = /[\p{L}][\p{L}’'-]*/gu;

const args = process.argv.slice(2);
const isListing = args.includes('--list');
const prefixes = args.filter((arg) => arg !== '--list');

const files = execFileSync('git', ['ls-files'], { encoding: 'utf8' })
  .split('\n')
  .filter(
    (file) =>
      existsSync(file) && (prefixes.length === 0 || prefixes.some((prefix) => file.startsWith(prefix))),
  );

/** The comments of a source, with the line of each. */
function commentsOf(file) {
  const text = readFileSync(file, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const ranges = new Map();
  const visit = (node) => {
    for (const range of [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ])
      ranges.set(range.pos, range.end);
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return [...ranges].map(([start, end]) => ({
    line: source.getLineAndCharacterOfPosition(start).line + 1,
    text: text.slice(start, end),
  }));
}

/** The names of tests. */
function testNamesOf(file) {
  const text = readFileSync(file, 'utf8');
  // `it('…')`, and `it.each([…])('…')`.
  const name = /(?:\b(?:describe|it)(?:\.only|\.skip)?|\]\))\(\s*(['"`])((?:(?!\1).)*)\1/gs;
  return [...text.matchAll(name)].map(({ 2: found, index }) => ({
    line: text.slice(0, index).split('\n').length,
    text: found,
  }));
}

/** Summaries and descriptions of an OpenAPI document. */
function descriptionsOf(file) {
  const found = [];
  JSON.parse(readFileSync(file, 'utf8'), (key, value) => {
    if ((key === 'description' || key === 'summary') && typeof value === 'string')
      found.push({ line: 0, text: value });
    return value;
  });
  return found;
}

const proseOf = (file) => [{ line: 0, text: readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '') }];

const KINDS = [
  ['comments', /^(?:src|packages|bench|tools|test)\/.*\.(?:ts|mjs|cjs)$|^\w+\.(?:ts|mjs|cjs)$/, commentsOf],
  ['test names', /^test\/.*\.spec\.ts$/, testNamesOf],
  ['documents', /\.md$/, proseOf],
  ['OpenAPI', /^docs\/openapi\/\w+\.json$/, descriptionsOf],
];

for (const [kind, pattern, read] of KINDS) {
  const folders = new Map();
  let words = 0;
  let pronouns = 0;
  for (const file of files.filter((name) => pattern.test(name)))
    for (const { line, text } of read(file)) {
      const count = text.match(WORD)?.length ?? 0;
      const found = text.match(PRONOUN) ?? [];
      words += count;
      pronouns += found.length;
      const folder = file.split('/').slice(0, 2).join('/');
      const sum = folders.get(folder) ?? { words: 0, pronouns: 0 };
      folders.set(folder, { words: sum.words + count, pronouns: sum.pronouns + found.length });
      if (isListing && found.length > 0)
        console.log(`${file}:${line}: ${found.join(', ')}: ${text.replace(/\s+/g, ' ').slice(0, 200)}`);
    }
  console.log(
    `${kind}: ${pronouns} in ${words} words, ${((1000 * pronouns) / Math.max(1, words)).toFixed(1)} per 1,000`,
  );
  if (prefixes.length === 0 && kind === 'comments')
    for (const [folder, sum] of [...folders].sort((a, b) => b[1].pronouns - a[1].pronouns).slice(0, 60))
      console.log(`  ${folder}: ${sum.pronouns} in ${sum.words}`);
}
