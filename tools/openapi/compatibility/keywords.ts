/** One way in which a schema accepts less than another: for a sender, and, reversed, for a receiver. */
export interface Narrowing {
  sent: string;
  got: string;
}

/** Describes the values that a keyword accepted before and no longer accepts; `undefined`: there are none. */
type Tell = (from: unknown, to: unknown) => Narrowing | undefined;

const AT_LEAST = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const AT_MOST = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** How each independent keyword narrows a schema. */
export const KEYWORDS: readonly (readonly [keyword: string, tell: Tell])[] = [
  ['type', lost('type')],
  ['enum', lost('value')],
  ['const', changed('const')],
  ['pattern', changed('pattern')],
  ['format', changed('format')],
  ...AT_LEAST.map((name) => [name, limit(name, (from, to) => to > from)] as const),
  ...AT_MOST.map((name) => [name, limit(name, (from, to) => to < from)] as const),
  ['uniqueItems', flag(true, { sent: 'items unique', got: 'items may repeat' })],
  ['additionalProperties', flag(false, { sent: 'no other fields', got: 'other fields' })],
];

function lost(name: string): Tell {
  return (from, to) => {
    if (to === undefined) return undefined;
    const after = values(to);
    if (from === undefined) return both(`${name} only ${after.join(', ')}`, `any ${name}`);
    const gone = values(from).filter((value) => !after.includes(value));
    if (gone.length === 0) return undefined;
    return both(`${name} ${gone.join(', ')} refused`, `${name} ${gone.join(', ')} new`);
  };
}

/** `number` includes `integer`. */
function values(given: unknown): string[] {
  const texts = [given].flat().map(String);
  return texts.includes('number') ? [...texts, 'integer'] : texts;
}

function limit(name: string, isNarrower: (from: number, to: number) => boolean): Tell {
  return (from, to) => {
    if (typeof to !== 'number' || (typeof from === 'number' && !isNarrower(from, to))) return undefined;
    return moved(name, from, to);
  };
}

function changed(name: string): Tell {
  return (from, to) => (to === undefined || from === to ? undefined : moved(name, from, to));
}

function flag(narrow: boolean, words: Narrowing): Tell {
  return (from, to) => (to === narrow && from !== narrow ? words : undefined);
}

function moved(name: string, from: unknown, to: unknown): Narrowing {
  const [before, after] = [from ?? 'none', to ?? 'none'].map(String);
  return both(`${name} ${before} → ${after}`, `${name} ${after} → ${before}`);
}

function both(sent: string, got: string): Narrowing {
  return { sent, got };
}
