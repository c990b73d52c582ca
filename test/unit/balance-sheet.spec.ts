import { BalanceSheet, type Holding } from '../../src/ledger/balance-sheet.js';
import { captured, expired, released } from '../../src/ledger/hold.js';

const holding = (accountId: string, postedMinor: bigint, with_: Partial<Holding> = {}): Holding => ({
  accountId,
  postedMinor,
  lockedMinor: 0n,
  currencyCode: 'USD',
  mayBeNegative: false,
  ...with_,
});

const LIMIT = 10n ** 15n;

describe('The balance sheet', () => {
  it('debits one account and credits the other', () => {
    const sheet = new BalanceSheet([holding('a', 100n), holding('b', 5n)]);
    expect(sheet.transfer('a', 'b', 40n)).toEqual({ debitPostedMinor: 60n, creditPostedMinor: 45n });
    expect(sheet.changed().map(({ accountId, postedMinor }) => [accountId, postedMinor])).toEqual([
      ['a', 60n],
      ['b', 45n],
    ]);
  });

  it('never debits more than the available balance, to the minor unit', () => {
    const sheet = new BalanceSheet([holding('a', 100n, { lockedMinor: 30n }), holding('b', 0n)]);
    expect(() => sheet.transfer('a', 'b', 71n)).toThrow('insufficient_funds');
    expect(sheet.transfer('a', 'b', 70n)).toMatchObject({ debitPostedMinor: 30n });
  });

  it('lets only accounts that may be negative go below zero', () => {
    const sheet = new BalanceSheet([holding('outside', 0n, { mayBeNegative: true }), holding('b', 0n)]);
    expect(sheet.transfer('outside', 'b', 1n)).toEqual({ debitPostedMinor: -1n, creditPostedMinor: 1n });
  });

  it('executes several postings atomically: a refusal of one undoes all', () => {
    const sheet = new BalanceSheet([holding('a', 100n), holding('b', 0n), holding('c', 0n)]);
    sheet.transfer('a', 'c', 1n);
    const work = (): unknown => [sheet.transfer('a', 'b', 99n), sheet.transfer('a', 'b', 1n)];
    expect(() => sheet.atomically(['a', 'b', 'a', 'b'], work)).toThrow('insufficient_funds');
    expect(sheet.changed().map(({ accountId, postedMinor }) => [accountId, postedMinor])).toEqual([
      ['a', 99n],
      ['c', 1n],
    ]);
  });

  it('changes no balance when it refuses', () => {
    const sheet = new BalanceSheet([
      holding('a', 100n),
      holding('full', LIMIT - 1n),
      holding('owing', -LIMIT + 1n, { mayBeNegative: true }),
      holding('eur', 0n, { currencyCode: 'EUR' }),
    ]);
    expect(() => sheet.transfer('a', 'full', 1n)).toThrow('balance_limit_exceeded');
    expect(() => sheet.transfer('owing', 'a', 1n)).toThrow('balance_limit_exceeded');
    expect(() => sheet.transfer('a', 'eur', 1n)).toThrow('currency_mismatch');
    expect(() => sheet.transfer('a', 'nobody', 1n)).toThrow('object_not_found');
    expect(() => {
      sheet.lock('a', 101n);
    }).toThrow('insufficient_funds');
    expect(sheet.changed()).toEqual([]);
  });

  it.each([0n, -1n, LIMIT])('throws a RangeError for the amount %s', (amount) => {
    const sheet = new BalanceSheet([holding('a', 100n), holding('b', 0n)]);
    expect(() => sheet.transfer('a', 'b', amount)).toThrow(RangeError);
    expect(() => {
      sheet.lock('a', amount);
    }).toThrow(RangeError);
  });
});

describe('A hold', () => {
  const hold = { capturedMinor: 0n, releasedMinor: 0n, remainingMinor: 100n };

  it('releases the rest on a partial capture, unless the remainder is kept', () => {
    expect(captured(hold, 40n, true)).toEqual({
      capturedMinor: 40n,
      releasedMinor: 60n,
      remainingMinor: 0n,
      status: 'captured',
    });
    expect(captured(hold, 40n, false)).toEqual({
      capturedMinor: 40n,
      releasedMinor: 0n,
      remainingMinor: 60n,
      status: 'active',
    });
    expect(captured(hold, 100n, false).status).toBe('captured');
  });

  it('ends as released, or as captured when part of it was captured', () => {
    expect(released(hold, 40n)).toMatchObject({ remainingMinor: 60n, status: 'active' });
    expect(released(hold, 100n)).toMatchObject({ remainingMinor: 0n, status: 'released' });
    expect(released({ ...hold, capturedMinor: 5n }, 100n).status).toBe('captured');
  });

  it('releases all that remains when it expires', () => {
    expect(expired({ ...hold, capturedMinor: 7n })).toEqual({
      capturedMinor: 7n,
      releasedMinor: 100n,
      remainingMinor: 0n,
      status: 'expired',
    });
  });

  it.each([0n, -1n, 101n])('throws a RangeError for a capture or release of %s of 100', (amount) => {
    expect(() => captured(hold, amount, true)).toThrow(RangeError);
    expect(() => released(hold, amount)).toThrow(RangeError);
  });
});
