import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsInt, validateSync } from 'class-validator';
import fc from 'fast-check';
import { PlatformAccountLineRequest } from '../../src/apis/admin/accounts/account-line.dto.js';
import { JournalRequest } from '../../src/apis/admin/transfers/order.dto.js';
import { OpenPlatformAccountRequest } from '../../src/apis/platform/accounts/open-account.request.js';
import { TransferFundsRequest } from '../../src/apis/platform/transfers/transfer-funds.dto.js';
import { OpenWorkspaceAccountRequest } from '../../src/apis/workspace/accounts/open-account.request.js';
import { isSurelyValid } from '../../src/http/validity.js';

const ACCOUNT = {
  accountIdentifier: 'acme-usd-1',
  displayName: 'Acme operating',
  contactEmail: 'ops@example.com',
  currencyCode: 'USD',
  fundingNotification: [{ emailAddress: 'a@example.com' }, {}],
};
const LEG = {
  from: 'acc_1_1',
  to: 'acc_1_2',
  amount: 25.5,
  effectiveDate: '2026-01-15',
  metadata: { a: 'b' },
};

/** A valid body of each class. */
const BODIES: [Type<object>, object][] = [
  [OpenPlatformAccountRequest, ACCOUNT],
  [OpenWorkspaceAccountRequest, { productID: 7, alias: 'savings' }],
  [
    TransferFundsRequest,
    { transferFrom: 'acme-usd-1', transferTo: 'acme-usd-2', amount: 1, transferNotes: null },
  ],
  [JournalRequest, { transfers: [LEG, { ...LEG, reference: 'one' }], reason: 'month end' }],
  [
    PlatformAccountLineRequest,
    {
      ...ACCOUNT,
      idempotencyKey: 'line-1',
      reason: 'import',
      channel: 'platform',
      platform: 'plt_1',
      customerIdentifier: 'acme-co',
    },
  ],
];

/** Values to put in place of valid ones. */
const STRANGE = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    true,
    [],
    [null],
    [[]],
    {},
    'x'.repeat(600),
    '\u{1f600}',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** The body with some values replaced, at any depth. */
function disturbed(body: unknown): fc.Arbitrary<unknown> {
  if (typeof body !== 'object' || body === null) return fc.constant(body);
  const places = Object.entries(body).map(([name, value]) =>
    fc
      .oneof({ weight: 12, arbitrary: disturbed(value) }, { weight: 1, arbitrary: STRANGE })
      .map((found) => [name, found] as const),
  );
  return fc
    .tuple(...places)
    .map((found) => (Array.isArray(body) ? found.map(([, value]) => value) : Object.fromEntries(found)));
}

function toInstance(shape: Type<object>, body: unknown): object {
  return plainToInstance(shape, body, { excludeExtraneousValues: true, exposeUnsetFields: false });
}

function accepts(instance: object): boolean {
  return validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false }).length === 0;
}

class DeclaredOtherwise {
  @IsInt({ each: true })
  numbers!: number[];
}

describe('isSurelyValid', () => {
  it.each(BODIES)('is a body of %p that holds', (shape, body) => {
    const instance = toInstance(shape, body);
    expect(validateSync(instance)).toEqual([]);
    expect(isSurelyValid(instance)).toBe(true);
  });

  it.each(BODIES)('is exactly what class-validator accepts of %p', (shape, body) => {
    let refused = 0;
    fc.assert(
      fc.property(disturbed(body), (found) => {
        const instance = toInstance(shape, found);
        const isAccepted = accepts(instance);
        refused += isAccepted ? 0 : 1;
        // A list that holds `null` instead of an object is left to class-validator.
        if (isSurelyValid(instance)) expect(isAccepted).toBe(true);
        else expect(isAccepted && !JSON.stringify(found).includes('null')).toBe(false);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(25);
  });

  it('returns false for a class with a rule it does not support', () => {
    const instance = Object.assign(new DeclaredOtherwise(), { numbers: [1] });
    expect(accepts(instance)).toBe(true);
    expect(isSurelyValid(instance)).toBe(false);
  });
});
