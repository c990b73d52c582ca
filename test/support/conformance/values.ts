import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Part } from '../api-documents';

/** The value of a header, path or query text, converted when its schema is not a string. */
export function asGiven(schema: Part, text: string): unknown {
  const types: unknown[] = [schema.type].flat();
  if (types.includes('string')) return text;
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text);
  return text;
}

/** The first errors of a validator, as text. */
export function told({ errors }: ValidateFunction): string {
  const all = (errors ?? []).map(({ instancePath, message, params }) => {
    const what = Object.values(params as Record<string, unknown>)
      .flat()
      .join(', ');
    return `${instancePath || '(all)'} ${message ?? 'is wrong'}${what === '' ? '' : ` [${what}]`}`;
  });
  return all.slice(0, 5).join('; ');
}
