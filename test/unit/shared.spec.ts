import fc from 'fast-check';
import { parseOpaqueToken, toOpaqueToken } from '../../src/auth/opaque-token.js';
import { RouteTable } from '../../src/http/route-table.js';
import { luhnCheckDigit, randomAccountId, toAccountNumber } from '../../src/shared/ids.js';
import { MAX_AMOUNT_MINOR, toMajorNumber, toMajorText, toMinorNumber } from '../../src/shared/money.js';
import { codePointLength, isPlainText } from '../../src/shared/text.js';

describe('Money', () => {
  it.each([
    [250050n, 2, 2500.5],
    [5n, 2, 0.05],
    [0n, 2, 0],
    [-1n, 2, -0.01],
    [12345678n, 8, 0.12345678],
    [7n, 0, 7],
    [999999999999999n, 2, 9999999999999.99],
    [-999999999999999n, 8, -9999999.99999999],
  ])('shows %s minor units with %i decimals as %d', (amount, decimals, expected) => {
    expect(toMajorNumber(amount, decimals)).toBe(expected);
  });

  it('is exact for every amount the database can hold: its JSON converts back to the same minor units', () => {
    const amounts = fc.bigInt({ min: 1n - MAX_AMOUNT_MINOR, max: MAX_AMOUNT_MINOR - 1n });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 0, max: 8 }), (amount, decimals) => {
        const shown = toMajorNumber(amount, decimals);
        // Eight decimals at most, so only tiny amounts are written in exponent notation.
        const minor = BigInt(shown.toFixed(decimals).replace('.', ''));
        return minor === amount;
      }),
    );
  });

  it.each([
    [2550n, 2, '25.50'],
    [-1n, 8, '-0.00000001'],
    [7n, 0, '7'],
    [123456789012345678901n, 2, '1234567890123456789.01'],
  ])('writes %s minor units with %i decimals as %s', (amount, decimals, expected) => {
    expect(toMajorText(amount, decimals)).toBe(expected);
  });

  it.each([MAX_AMOUNT_MINOR, -MAX_AMOUNT_MINOR])('rejects %s, which a JSON number might round', (amount) => {
    expect(() => toMinorNumber(amount)).toThrow(RangeError);
  });
});

describe('An account number', () => {
  it('ends with the Luhn digit of the published example', () => {
    expect(luhnCheckDigit('7992739871')).toBe('3');
  });

  it('has twelve digits', () => {
    expect(toAccountNumber('1')).toBe('000000000018');
  });

  it('with one mistyped digit is never valid', () => {
    const digit = fc.integer({ min: 0, max: 9 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 11n - 1n }),
        fc.integer({ min: 0, max: 11 }),
        digit,
        (n, at, typed) => {
          const number = toAccountNumber(String(n));
          const mistyped = number.slice(0, at) + String(typed) + number.slice(at + 1);
          return mistyped === number || luhnCheckDigit(mistyped.slice(0, -1)) !== mistyped.slice(-1);
        },
      ),
    );
  });
});

describe('A public account id', () => {
  it('has the contract’s form and is not repeated', () => {
    const ids = Array.from({ length: 1_000 }, randomAccountId);
    expect(ids.every((id) => /^acc_[0-9A-Z]{16}$/.test(id))).toBe(true);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('Plain text', () => {
  it.each([
    'USD Account',
    'Ünïcode ñame',
    '口座',
    'حساب',
    '1 2 3 #*',
    '© ® ™ 2026',
    'O’Brien – Söhne',
    '𝒜lpha',
  ])('accepts %j', (text) => {
    expect(isPlainText(text)).toBe(true);
  });

  it.each([
    ['an emoji', '😀'],
    ['a flag', '🇿🇦'],
    ['half a flag', '🇿'],
    ['a keycap', '1️⃣'],
    ['a joined family', '👩‍👩‍👧'],
    ['a skin tone', '👍🏽'],
    ['an emoji by presentation selector', '©️'],
    ['a tag flag', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['NUL', 'a\u0000b'],
    ['a line break', 'a\nb'],
    ['a C1 control', 'a\u0085b'],
    ['a line separator', 'a\u2028b'],
    ['a bidirectional override', 'a\u202eb'],
    ['a lone surrogate', 'a\ud800'],
  ])('refuses %s', (_name, text) => {
    expect(isPlainText(text)).toBe(false);
  });

  it('is measured in code points', () => {
    expect(codePointLength('𝒜b')).toBe(2);
  });
});

describe('An opaque token', () => {
  it('parses to the parts it was made of', () => {
    expect(parseOpaqueToken('vk', toOpaqueToken('vk', '42', 'abc-_9'))).toEqual({
      platformId: '42',
      rest: 'abc-_9',
    });
  });

  it.each([
    '',
    'vk',
    'vk_',
    'vk_1_',
    'vk_00_a',
    'vk_01_a',
    'vk_-1_a',
    'vs_1_a',
    'vk_1_ä',
    `vk_1_${'a'.repeat(300)}`,
  ])('is not parsed when it is %j', (token) => {
    expect(parseOpaqueToken('vk', token)).toBeNull();
  });

  it('never names a platform id that the database cannot hold', () => {
    expect(parseOpaqueToken('vk', `vk_${'9'.repeat(19)}_a`)).toBeNull();
  });
});

describe('The table of routes', () => {
  const table = new RouteTable();
  table.add('/customers/:id/accounts', ['GET', 'HEAD']);
  table.add('/customers/:id/accounts', 'POST');
  table.add('/docs/*', 'GET');

  it('returns the methods of a path', () => {
    expect(table.methodsOf('/customers/acme/accounts')).toEqual(['GET', 'HEAD', 'POST']);
    expect(table.methodsOf('/docs/a/b.js')).toEqual(['GET']);
  });

  it.each(['/customers/accounts', '/customers/a/b/accounts', '/customers//accounts', '/docs2'])(
    'returns no methods for %s',
    (path) => {
      expect(table.methodsOf(path)).toEqual([]);
    },
  );
});
