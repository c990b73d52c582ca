import type { KeyHeaders } from '../factories.js';
import type { Made } from './requests.js';
import type { Seeds } from './seeds.js';

/** Values that a document cannot provide: existing objects, in the state that a request needs. */
export interface Filled {
  /** Values of parameters by name; `undefined` omits one. */
  parameters?: Record<string, unknown>;
  /** Values of parameters that the request gets whether it had them or not. */
  parametersAlways?: Record<string, unknown>;
  /** Values for fields of the body, used when the request has the field. */
  body?: Record<string, unknown>;
  /** Fields that the body gets whether it had them or not; `undefined` omits one. */
  always?: Record<string, unknown>;
  /** Replaces the default credentials. */
  headers?: KeyHeaders;
}

export interface RequestPlan {
  /** Called for each request that must succeed: creates again what a request uses up. */
  fill?: (seeds: Seeds, made: Made) => Filled | Promise<Filled>;
  /** The minimum share of valid requests that must succeed, where it differs from the default, with the reason. */
  accepted?: { share: number; why: string };
}

export type Plans = Record<string, RequestPlan>;

/** The value of a parameter of a request. */
export function valueOf({ parameters }: Made, name: string): unknown {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

/** A small amount that varies with the request: 0.01 to 5.00, for any currency with two decimals. */
export const anAmount = ({ pick }: Made): number => ((pick % 500) + 1) / 100;

/** One item of a list, chosen by the request. */
export function oneOf<T>({ pick }: Made, list: readonly T[]): T {
  return list[pick % list.length] as T;
}

/** A time in the future. */
export const inTheFuture = ({ pick }: Made): string =>
  new Date(Date.UTC(2090 + (pick % 9), pick % 12, 1 + (pick % 28))).toISOString();
