const UNRELEASED = '## Unreleased';
const DECLARATION = /^- `([^`]+)`/;

/** The changes since the last release that `CHANGES.md` declares: the sentences in backticks. */
export function declaredChanges(text: string): string[] {
  const lines = unreleasedOf(text).split('\n');
  return lines.flatMap((line) => DECLARATION.exec(line)?.[1] ?? []);
}

/** The text with its unreleased section under the heading of a release. */
export function withRelease(text: string, heading: string): string {
  const unreleased = unreleasedOf(text);
  return text.replace(`${UNRELEASED}${unreleased}`, `${UNRELEASED}\n\n## ${heading}${unreleased}`);
}

function unreleasedOf(text: string): string {
  const [, after] = text.split(UNRELEASED);
  if (after === undefined) throw new Error(`CHANGES.md has no heading "${UNRELEASED}"`);
  return after.split(/^(?=## )/m)[0] ?? '';
}

export interface Disagreement {
  /** Breaking changes that are not declared. */
  undeclared: string[];
  /** Declared changes that do not exist. */
  unfounded: string[];
}

export function disagreement(found: readonly string[], declared: readonly string[]): Disagreement {
  return {
    undeclared: found.filter((change) => !declared.includes(change)),
    unfounded: declared.filter((change) => !found.includes(change)),
  };
}
