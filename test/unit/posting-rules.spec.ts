import type { AccountStatus } from '../../src/entities/account.entity.js';
import { type PartyFacts, postingRefusal, type Side } from '../../src/payments/posting-rules.js';

const facts = (with_: Partial<PartyFacts>): PartyFacts => ({
  accountStatus: 'active',
  customerStatus: 'active',
  debitsRestricted: false,
  ...with_,
});

describe('The parties of a posting', () => {
  const BY_STATUS: [AccountStatus, Record<Side, string | null>][] = [
    ['active', { debit: null, credit: null, adjust: null }],
    ['frozen', { debit: 'account_frozen', credit: null, adjust: null }],
    ['disabled', { debit: 'account_not_active', credit: 'account_not_active', adjust: null }],
    ['closed', { debit: 'account_not_active', credit: 'account_not_active', adjust: 'account_not_active' }],
  ];

  it.each(BY_STATUS)('for an account that is %s', (accountStatus, expected) => {
    const sides: Side[] = ['debit', 'credit', 'adjust'];
    const refusals = sides.map((side) => [side, postingRefusal(side, facts({ accountStatus }))]);
    expect(Object.fromEntries(refusals)).toEqual(expected);
  });

  it.each([
    ['a suspended holder', { customerStatus: 'suspended' }, 'customer_suspended'],
    ['a holder whose debits are restricted', { debitsRestricted: true }, 'debits_restricted'],
  ] as const)('%s pays nothing out, but is paid', (_name, with_, refusal) => {
    expect(postingRefusal('debit', facts(with_))).toBe(refusal);
    expect(postingRefusal('credit', facts(with_))).toBeNull();
    expect(postingRefusal('adjust', facts(with_))).toBeNull();
  });

  it('the account is refused before its holder', () => {
    const both = facts({ accountStatus: 'frozen', customerStatus: 'suspended', debitsRestricted: true });
    expect(postingRefusal('debit', both)).toBe('account_frozen');
  });

  it('a settlement account has no holder to check', () => {
    expect(postingRefusal('debit', facts({ customerStatus: null }))).toBeNull();
  });
});
