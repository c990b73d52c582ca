import type { KeyHeaders } from '../factories.js';
import type { Made } from './requests.js';
import type { Seeds } from './seeds.js';

/** What a document cannot know: which things there are, and what can be done with them. */
export interface Filled {
  /** Values of parameters by name; `undefined` leaves one out. */
  parameters?: Record<string, unknown>;
  /** Values of parameters that the request gets whether it had them or not. */
  parametersAlways?: Record<string, unknown>;
  /** Fields of the body: those that the request has, or must have, get these values. */
  body?: Record<string, unknown>;
  /** Fields that the body gets whether it had them or not; `undefined` leaves one out. */
  always?: Record<string, unknown>;
  /** Instead of the default credentials. */
  headers?: KeyHeaders;
}

export interface RequestPlan {
  /** Called for each request that should succeed: creates the objects that the request uses up. */
  fill?: (seeds: Seeds, made: Made) => Filled | Promise<Filled>;
  /** The least share of valid requests that must succeed, where it is not the usual one, and why. */
  accepted?: { share: number; why: string };
}

export type Plans = Record<string, RequestPlan>;

/** The value that a request has for a parameter. */
export function valueOf({ parameters }: Made, name: string): unknown {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

/** A small amount that differs with the request: 0.01 to 5.00, of any currency with cents. */
export const anAmount = ({ pick }: Made): number => ((pick % 500) + 1) / 100;

/** One of a list, as the request chooses. */
export function oneOf<T>({ pick }: Made, list: readonly T[]): T {
  return list[pick % list.length] as T;
}

/** A time in the years to come. */
export const inTheFuture = ({ pick }: Made): string =>
  new Date(Date.UTC(2090 + (pick % 9), pick % 12, 1 + (pick % 28))).toISOString();
