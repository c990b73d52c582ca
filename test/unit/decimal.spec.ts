import fc from 'fast-check';
import { readJsonObject } from '../../src/http/raw-body.js';
import { exactNumber, InexactNumber, parseDecimal } from '../../src/shared/decimal.js';
import { toMajorNumber, toMinorUnits } from '../../src/shared/money.js';

const read = (text: string): unknown =>
  readJsonObject({ body: Buffer.from(`{"amount":${text}}`), headers: { 'content-type': 'application/json' } })
    .amount;

describe('A JSON number of major units', () => {
  it.each([
    ['10', 2, 1000n],
    ['10.5', 2, 1050n],
    ['10.50', 2, 1050n],
    ['1e-2', 2, 1n],
    ['1E2', 2, 10000n],
    ['0.00000001', 8, 1n],
    ['1e-8', 8, 1n],
    ['9999999.99999999', 8, 999999999999999n],
    ['0.125', 3, 125n],
    ['100', 0, 100n],
    ['999999999999999', 0, 999999999999999n],
    ['0.1000000000000000000000', 2, 10n],
    ['-0', 2, 0n],
    ['-0.0', 2, 0n],
    ['-1.5', 2, -150n],
  ])('%s with %i decimals is exact', (text, decimals, minor) => {
    const amount = read(text);
    expect(typeof amount).toBe('number');
    expect(toMinorUnits(amount as number, decimals)).toBe(minor);
  });

  it.each([
    ['0.001', 2],
    ['1e-3', 2],
    ['0.5', 0],
    ['0.0001', 3],
    ['0.000000001', 8],
  ])('%s has more than %i decimals', (text, decimals) => {
    expect(toMinorUnits(read(text) as number, decimals)).toBeNull();
  });

  it.each([
    '10.000000000000000001',
    '0.12345678901234567890',
    '1e400',
    '-1e999',
    '9007199254740993',
    '1e-400',
  ])('%s, which a double cannot represent, is kept as an InexactNumber', (text) => {
    const value = read(text);
    expect(value).toBeInstanceOf(InexactNumber);
    expect(JSON.stringify({ value })).toBe(JSON.stringify({ value: text }));
  });

  it('of up to 15 digits survives the conversion to minor units and back', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n }),
        fc.integer({ min: 0, max: 8 }),
        (minor, decimals) => {
          const text = JSON.stringify(toMajorNumber(minor, decimals));
          expect(toMinorUnits(read(text) as number, decimals)).toBe(minor);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is kept exactly or as an InexactNumber, in any notation', () => {
    const digits = fc.stringMatching(/^(0|[1-9]\d{0,25})(\.\d{1,25})?(e-?\d{1,2})?$/);
    fc.assert(
      fc.property(digits, (text) => {
        const kept = exactNumber(Number(text), text);
        if (kept instanceof InexactNumber) return;
        expect(parseDecimal(String(kept))).toEqual(parseDecimal(text));
      }),
      { numRuns: 5_000 },
    );
  });
});
