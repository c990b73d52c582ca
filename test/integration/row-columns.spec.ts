import fc from 'fast-check';
import { type RowColumn, rowsParameters, rowsSql, rowsWidth } from '../../src/database/row-columns.js';
import { createWorld, type World } from '../support/world.js';

interface Row {
  id: string;
  text: string | null;
  flag: boolean | null;
  bytes: Buffer | null;
  at: Date | null;
  data: object | null;
  shared: string | null;
}

const COLUMNS: readonly RowColumn<Row>[] = [
  { name: 'id', type: 'bigint', of: ({ id }) => id },
  { name: 'text', type: 'text', of: ({ text }) => text },
  { name: 'flag', type: 'boolean', of: ({ flag }) => flag },
  { name: 'bytes', type: 'bytea', of: ({ bytes }) => bytes },
  { name: 'at', type: 'timestamptz', of: ({ at }) => at },
  { name: 'data', type: 'jsonb', of: ({ data }) => data && JSON.stringify(data) },
  { name: 'shared', type: 'text', of: ({ shared }) => shared, repeats: true },
];

/** Texts that PostgreSQL can store, including those that array syntax could misread. */
const TEXT = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\0', '')),
  fc.constantFrom(
    '',
    ' ',
    'NULL',
    'null',
    'nUll',
    '{}',
    '{',
    ',',
    '"',
    '\\',
    '\\x00',
    '\n',
    ' padded ',
    "'",
    '’',
  ),
);

const ROW: fc.Arbitrary<Row> = fc.record({
  id: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  text: fc.option(TEXT),
  flag: fc.option(fc.boolean()),
  bytes: fc.option(fc.uint8Array().map((bytes) => Buffer.from(bytes))),
  at: fc.option(fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true })),
  data: fc.option(fc.record({ text: TEXT, list: fc.array(fc.integer()) })),
  shared: fc.option(fc.constantFrom('a', 'NULL', '', 'a long text, "shared"')),
});

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('Rows as parameters', () => {
  it('arrive unchanged, for any content', async () => {
    const sql = `SELECT id, text, flag, bytes, at, data, shared FROM ${rowsSql(COLUMNS, 1, 'row')} ORDER BY number`;
    await fc.assert(
      fc.asyncProperty(fc.array(ROW, { minLength: 1, maxLength: 20 }), async (rows) => {
        const parameters = rowsParameters(COLUMNS, rows);
        expect(parameters).toHaveLength(rowsWidth(COLUMNS));
        expect(await world.dataSource.query(sql, parameters)).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('are rejected when a value does not fit its column', () => {
    const column: RowColumn<{ value: unknown }> = { name: 'value', type: 'jsonb', of: ({ value }) => value };
    for (const value of [{}, [], new Map(), Symbol('none')])
      expect(() => rowsParameters([column], [{ value }])).toThrow('not a value of a column');
  });
});
