import { validated, validatedClosed } from '../../src/http/body.js';
import { ListField, MetadataField, TextField, TextListField } from '../../src/http/fields.js';
import { AppError } from '../../src/shared/app-error.js';

describe('The rules of a field', () => {
  let asked: string[] = [];
  const holds = (text: string): boolean => {
    asked.push(text);
    return true;
  };
  class Item {
    @TextListField('optional', { max: 2, what: 'anything', holds })
    names?: string[];
  }
  class Body {
    @TextField('required', { min: 1, max: 10 })
    name!: string;

    @ListField('optional', () => Item, { max: 2 })
    items?: Item[];

    @MetadataField('optional')
    metadata?: object;
  }
  beforeEach(() => {
    asked = [];
  });

  it('are asked once for each value of a valid body', () => {
    validated(Body, { name: 'a', items: [{ names: ['one', 'two'] }, { names: ['three'] }] });
    expect(asked).toEqual(['one', 'two', 'three']);
  });

  it('of undeclared names refuse 20 of them at most by name', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`k${n}`, '']));
    const refusedFor = (body: Record<string, unknown>) => {
      try {
        validatedClosed(Body, body);
      } catch (error) {
        return (error as AppError).details.fields?.map(({ path }) => path);
      }
      return [];
    };
    expect(refusedFor({ name: 'a', ...many })).toEqual(Array.from({ length: 20 }, (_, n) => `k${n}`));
    expect(refusedFor({ name: 'a', items: [{ other: 1 }], x: { y: 1 } })).toEqual(['items[0].other', 'x']);
    expect(refusedFor({ name: 'a' })).toEqual([]);
  });

  it('are asked once for each value of a body that another field makes invalid', () => {
    expect(() => validated(Body, { name: '', items: [{ names: ['one'] }] })).toThrow(AppError);
    expect(asked).toEqual(['one']);
  });

  it.each([
    ['items', { name: 'a', items: [{ names: ['one'] }, {}, {}] }, 'items'],
    ['items of items', { name: 'a', items: [{}, { names: ['one', 'two', 'three'] }] }, 'items[1].names'],
  ])('are not asked for %s beyond the maximum', (_what, plain, path) => {
    let thrown: unknown;
    try {
      validated(Body, plain);
    } catch (error) {
      thrown = error;
    }
    expect((thrown as AppError).details.fields).toEqual([
      expect.objectContaining({ path, constraint: 'too_long', message: 'must have at most 2 items' }),
    ]);
    expect(asked).toEqual([]);
  });
});
