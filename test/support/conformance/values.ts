import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Part } from '../api-documents';

/** The typed value of a text from a header, path or query, by its schema. */
export function asGiven(schema: Part, text: string): unknown {
  const types: unknown[] = [schema.type].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text);
  return text;
}

/** The first few things that a validator found wrong. */
export function told({ errors }: ValidateFunction): string {
  const all = (errors ?? []).map(({ instancePath, message, params }) => {
    const what = Object.values(params as Record<string, unknown>)
      .flat()
      .join(', ');
    return `${instancePath || '(all)'} ${message ?? 'is wrong'}${what === '' ? '' : ` [${what}]`}`;
  });
  return all.slice(0, 5).join('; ');
}
