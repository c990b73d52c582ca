const UNRELEASED = '## Unreleased';
const DECLARATION = /^- `([^`]+)`/;

/** What `CHANGES.md` declares of the changes since the last release: the sentences in backticks. */
export function declaredChanges(text: string): string[] {
  const lines = unreleasedOf(text).split('\n');
  return lines.flatMap((line) => DECLARATION.exec(line)?.[1] ?? []);
}

/** The text with what was unreleased under a heading of its own. */
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
  /** Changes that break clients and are not declared. */
  undeclared: string[];
  /** Declared, and not so. */
  unfounded: string[];
}

export function disagreement(found: readonly string[], declared: readonly string[]): Disagreement {
  return {
    undeclared: found.filter((change) => !declared.includes(change)),
    unfounded: declared.filter((change) => !found.includes(change)),
  };
}
