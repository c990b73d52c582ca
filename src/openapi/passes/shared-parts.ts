import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';
import { callsOf, isReference, type Reference, responsesOf } from '../openapi-types.js';
import { REMEDIES } from '../remedies.js';

/** A part of an operation that may occur in several operations. */
interface Part<T> {
  /** As a component: `Conflict`. */
  name: string;
  value: T;
  replaceBy(reference: Reference): void;
}

/**
 * Says once what operations share: the example of each refusal, and whole refusals and parameters that are the same in
 * two operations or more. The documents are a fraction of their size then, and Swagger UI draws them in a fraction of
 * the time.
 */
export function shareParts(document: OpenAPIObject): void {
  const examples = shareExamples(document);
  const responses = share('responses', refusalsOf(document));
  const parameters = share('parameters', parametersOf(document));
  document.components = { ...document.components, examples, responses, parameters };
}

/** The example of every error is a component, so that one catalogue lists them all. */
function shareExamples(document: OpenAPIObject): Record<string, object> {
  const shared: Record<string, object> = {};
  const bodies = refusalsOf(document).flatMap(({ value }) => Object.values(value.content ?? {}));
  for (const media of bodies) {
    for (const [code, example] of Object.entries(media.examples ?? {})) {
      // A form that an answer may have, and no refusal.
      if (!(code in REMEDIES)) continue;
      shared[code] ??= example;
      // The same refusal may look otherwise elsewhere, as below the token endpoint: there it stays where it is.
      if (isDeepStrictEqual(shared[code], example))
        media.examples = { ...media.examples, [code]: { $ref: `#/components/examples/${code}` } };
    }
  }
  return shared;
}

function share<T>(kind: 'responses' | 'parameters', parts: readonly Part<T>[]): Record<string, T> {
  const alike = new Map<string, Part<T>[]>();
  for (const part of parts) {
    const key = JSON.stringify([part.name, part.value]);
    alike.set(key, [...(alike.get(key) ?? []), part]);
  }
  const shared: Record<string, T> = {};
  // The most frequent first, so that it gets the plain name.
  for (const group of [...alike.values()].sort((a, b) => b.length - a.length)) {
    const [first] = group;
    if (first === undefined || group.length < 2) continue;
    const name = freeName(shared, first.name);
    shared[name] = first.value;
    for (const part of group) part.replaceBy({ $ref: `#/components/${kind}/${name}` });
  }
  return shared;
}

function refusalsOf(document: OpenAPIObject) {
  return callsOf(document).flatMap(({ operation }) =>
    responsesOf(operation)
      .filter(([status]) => Number(status) >= 400)
      .map(([status, value]) => ({
        name: pascal(STATUS_CODES[status] ?? status),
        value,
        replaceBy: (reference: Reference) => {
          operation.responses = { ...operation.responses, [status]: reference };
        },
      })),
  );
}

function parametersOf(document: OpenAPIObject) {
  return callsOf(document).flatMap(({ operation: { parameters = [] } }) =>
    parameters.flatMap((value, index) =>
      isReference(value)
        ? []
        : [
            {
              name: pascal(value.name),
              value,
              replaceBy: (reference: Reference) => (parameters[index] = reference),
            },
          ],
    ),
  );
}

/** `Conflict`, `Conflict2`, … */
function freeName(taken: Readonly<Record<string, unknown>>, wanted: string): string {
  let name = wanted;
  for (let n = 2; name in taken; n++) name = `${wanted}${n}`;
  return name;
}

function pascal(text: string): string {
  const words = text.match(/[A-Za-z0-9]+/g) ?? [];
  return words.map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`).join('');
}
