import 'reflect-metadata';
import type { FieldViolation } from '../shared/app-error.js';

interface Bound {
  name: string;
  /** Of the items of a list, or of the keys of an object. */
  max: number;
  kind: 'items' | 'keys';
  /** The class of a list's items. */
  item: (() => new () => object) | undefined;
}

const KEY = Symbol('fields with a maximum size');

/** Declares the maximum size of a list or an object, for `oversizedFields`. */
export function SizeBound(max: number, kind: Bound['kind'], item?: Bound['item']): PropertyDecorator {
  return (target, name) => {
    // With those of the classes that it extends.
    const bounds = [...boundsOf(target), { name: String(name), max, kind, item }];
    Reflect.defineMetadata(KEY, bounds, target);
  };
}

/**
 * The lists of a body that have more items than they may, and the objects that have more keys, at any depth of its
 * class. Nothing else of the body is looked at: a body of 64 KiB can have 20,000 items.
 */
export function oversizedFields(shape: { prototype: object }, plain: object, prefix = ''): FieldViolation[] {
  return boundsOf(shape.prototype).flatMap(({ name, max, kind, item }) => {
    const value: unknown = Reflect.get(plain, name);
    if (typeof value !== 'object' || value === null || Array.isArray(value) !== (kind === 'items')) return [];
    const path = `${prefix}${name}`;
    const size = Array.isArray(value) ? value.length : Object.keys(value).length;
    if (size > max)
      return [
        { path, constraint: 'too_long', message: `must have at most ${max} ${kind}`, invalidValue: value },
      ];
    if (item === undefined) return [];
    return (value as unknown[]).flatMap((one, index) =>
      typeof one === 'object' && one !== null ? oversizedFields(item(), one, `${path}[${index}].`) : [],
    );
  });
}

function boundsOf(prototype: object): readonly Bound[] {
  return (Reflect.getMetadata(KEY, prototype) as Bound[] | undefined) ?? [];
}
