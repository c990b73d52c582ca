import { type Contract, resolve, type SchemaContract } from './contract.js';
import { KEYWORDS, type Narrowing } from './keywords.js';

/** A schema and its document. */
export interface Placed {
  document: Contract;
  schema: SchemaContract;
}

/** Reports one change at a place within a body: `errors[].path`. */
export type Report<What = string> = (place: string, what: What) => void;

const REQUIRED: Narrowing = { sent: 'required', got: 'may be absent' };
const ALTERNATIVES: Narrowing = { sent: 'an alternative refused', got: 'an alternative new' };

/**
 * Reports where `narrow` accepts fewer values than `wide`. For requests, `wide` is the released schema; for responses,
 * `wide` is the new one: a client breaks when its own values are refused, and when it receives values it never saw.
 */
export function reportNarrowing(wide: Placed, narrow: Placed, report: Report<Narrowing>): void {
  compare({ wide, narrow }, { report, place: '', above: [] });
}

interface Pair {
  wide: Placed;
  narrow: Placed;
}

interface Visit {
  report: Report<Narrowing>;
  place: string;
  /** The references on the path to this schema, because schemas may be recursive. */
  above: readonly string[];
}

function compare({ wide, narrow }: Pair, visit: Visit): void {
  const reference = `${wide.schema.$ref ?? ''} ${narrow.schema.$ref ?? ''}`;
  const isNamed = reference !== ' ';
  if (isNamed && visit.above.includes(reference)) return;
  const deeper = isNamed ? { ...visit, above: [...visit.above, reference] } : visit;
  const pair = { wide: flat(wide), narrow: flat(narrow) };
  for (const [keyword, tell] of KEYWORDS) {
    const what = tell(pair.wide.schema[keyword], pair.narrow.schema[keyword]);
    if (what !== undefined) deeper.report(deeper.place, what);
  }
  compareAlternatives(pair, deeper);
  compareFields(pair, deeper);
  compareItems(pair, deeper);
}

/** The resolved schema, merged with its `allOf`. */
function flat({ document, schema }: Placed): Placed {
  const { allOf = [], ...own } = resolve(document, schema);
  const parts = allOf.map((part) => flat({ document, schema: part }).schema);
  return { document, schema: parts.reduce(merge, own) };
}

function merge(whole: SchemaContract, part: SchemaContract): SchemaContract {
  const required = [...(whole.required ?? []), ...(part.required ?? [])];
  const properties = { ...whole.properties, ...part.properties };
  return {
    ...whole,
    ...part,
    ...(required.length === 0 ? {} : { required }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  };
}

/** `oneOf` and `anyOf`: each alternative of the wide schema must fit one of the narrow schema's. */
function compareAlternatives({ wide, narrow }: Pair, visit: Visit): void {
  const after = alternativesOf(narrow.schema);
  if (after.length === 0) return;
  const some = alternativesOf(wide.schema);
  const before = some.length === 0 ? [wide.schema] : some;
  const fits = (schema: SchemaContract): boolean =>
    after.some((candidate) => isTaken({ ...wide, schema }, { ...narrow, schema: candidate }, visit));
  if (!before.every(fits)) visit.report(visit.place, ALTERNATIVES);
}

function alternativesOf({ oneOf = [], anyOf = [] }: SchemaContract): SchemaContract[] {
  return [...oneOf, ...anyOf];
}

function isTaken(wide: Placed, narrow: Placed, visit: Visit): boolean {
  let isNarrower = false;
  const report = (): void => {
    isNarrower = true;
  };
  compare({ wide, narrow }, { ...visit, report });
  return !isNarrower;
}

function compareFields({ wide, narrow }: Pair, visit: Visit): void {
  const at = (name: string): string => (visit.place === '' ? name : `${visit.place}.${name}`);
  const wasRequired = new Set(wide.schema.required);
  for (const name of new Set(narrow.schema.required))
    if (!wasRequired.has(name)) visit.report(at(name), REQUIRED);
  for (const [name, schema] of Object.entries(wide.schema.properties ?? {})) {
    const other = narrow.schema.properties?.[name];
    if (other === undefined) continue;
    compare(
      { wide: { ...wide, schema }, narrow: { ...narrow, schema: other } },
      { ...visit, place: at(name) },
    );
  }
}

function compareItems({ wide, narrow }: Pair, visit: Visit): void {
  for (const [keyword, mark] of [
    ['items', '[]'],
    ['additionalProperties', '.*'],
  ] as const) {
    const [schema, other] = [wide.schema[keyword], narrow.schema[keyword]];
    if (typeof schema !== 'object' || typeof other !== 'object') continue;
    const pair = { wide: { ...wide, schema }, narrow: { ...narrow, schema: other } };
    compare(pair, { ...visit, place: `${visit.place}${mark}` });
  }
}

/** Reports fields, at any depth, that `before` has and `after` does not have. */
export function reportRemoved(before: Placed, after: Placed, report: Report): void {
  const gone = new Set(fieldsOf(before, '', []));
  for (const field of fieldsOf(after, '', [])) gone.delete(field);
  for (const field of gone) report(field, 'removed');
}

function fieldsOf(placed: Placed, place: string, above: readonly string[]): string[] {
  const { $ref } = placed.schema;
  if ($ref !== undefined && above.includes($ref)) return [];
  const path = $ref === undefined ? above : [...above, $ref];
  const { document, schema } = flat(placed);
  const inside = (part: SchemaContract, at: string): string[] =>
    fieldsOf({ document, schema: part }, at, path);
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, part]) => {
    const at = place === '' ? name : `${place}.${name}`;
    return [at, ...inside(part, at)];
  });
  const items = schema.items === undefined ? [] : inside(schema.items, `${place}[]`);
  return [...own, ...items, ...alternativesOf(schema).flatMap((part) => inside(part, place))];
}
