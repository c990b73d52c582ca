import type { Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { IsInt, validateSync, type ValidationError } from 'class-validator';
import fc from 'fast-check';
import { PlatformAccountLineRequest } from '../../src/apis/admin/accounts/account-line.dto.js';
import { JournalRequest } from '../../src/apis/admin/transfers/order.dto.js';
import { OpenPlatformAccountRequest } from '../../src/apis/platform/accounts/open-account.request.js';
import { TransferFundsRequest } from '../../src/apis/platform/transfers/transfer-funds.dto.js';
import { OpenWorkspaceAccountRequest } from '../../src/apis/workspace/accounts/open-account.request.js';
import { violationsOf } from '../../src/http/validity.js';

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

/** Path and constraint of the first violation of each field, as class-validator finds them. */
function expected(instance: object): string[] {
  const errors = validateSync(instance, { stopAtFirstError: true, forbidUnknownValues: false });
  return errors.flatMap((error) => firstOf(error, ''));
}

/** A list whose own rules are violated has no violations of its items. */
function firstOf({ property, constraints = {}, children = [] }: ValidationError, prefix: string): string[] {
  const path = /^\d+$/.test(property)
    ? `${prefix}[${property}]`
    : [prefix, property].filter(Boolean).join('.');
  const own = Object.keys(constraints).filter((name) => name !== 'nestedValidation');
  if (own.length > 0) return own.map((name) => `${path} ${name}`);
  return children.flatMap((child) => firstOf(child, path));
}

const found = (instance: object): string[] =>
  violationsOf(instance).map(({ path, constraint }) => `${path} ${constraint}`);

class DeclaredOtherwise {
  @IsInt({ each: true })
  numbers!: number[];
}

describe('The violations of a body', () => {
  it.each(BODIES)('are none for a valid body of %p', (shape, body) => {
    const instance = toInstance(shape, body);
    expect(validateSync(instance)).toEqual([]);
    expect(violationsOf(instance)).toEqual([]);
  });

  it.each(BODIES)('are those that class-validator finds in a body of %p', (shape, body) => {
    let refused = 0;
    fc.assert(
      fc.property(disturbed(body), (given) => {
        const instance = toInstance(shape, given);
        refused += found(instance).length > 0 ? 1 : 0;
        expect(found(instance).sort()).toEqual(expected(instance).sort());
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(25);
  });

  it('cannot be found for a class with a rule that only class-validator can run', () => {
    const instance = Object.assign(new DeclaredOtherwise(), { numbers: [1] });
    expect(() => violationsOf(instance)).toThrow('numbers has a rule that only class-validator can run');
  });
});
