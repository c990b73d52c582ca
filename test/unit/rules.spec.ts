import { OPENING_RULES, type OpeningFacts } from '../../src/accounts/opening/opening-rules.js';
import type { OpeningChannel } from '../../src/entities/account.entity.js';
import { firstRefusal, judge } from '../../src/shared/rule.js';

const ALLOWED: OpeningFacts = {
  customerId: '1',
  displayName: 'A customer',
  platformStatus: 'verified',
  customerStatus: 'active',
  kycStatus: 'approved',
  kycEvidence: 'test',
  jurisdictionCode: 'ZA',
  productStatus: 'available',
  enabled: true,
  enabledInJurisdiction: true,
  currencyCode: 'ZAR',
  allowedCurrencies: null,
  duplicateRule: 'unlimited',
  maxAccountsPerCustomer: 3,
  duplicate: false,
  capReached: false,
};

/** For each rule, a change of the facts that violates it. */
const BREAKS: Record<string, Partial<OpeningFacts>> = {
  'platform.verified': { platformStatus: 'suspended' },
  'customer.active': { customerStatus: 'suspended' },
  'kyc.approved': { kycStatus: 'expired' },
  'credential.currency_allowed': { allowedCurrencies: ['EUR'] },
  'product.exists': { productStatus: null },
  'product.available': { productStatus: 'retired' },
  'currency.enabled': { enabled: false },
  'currency.enabled_in_jurisdiction': { enabledInJurisdiction: false },
  'account.unique': { duplicate: true },
  'product.within_cap': { capReached: true },
};

const CHANNELS = Object.keys(OPENING_RULES) as OpeningChannel[];
const CASES = CHANNELS.flatMap((channel) =>
  OPENING_RULES[channel].map((rule) => [channel, rule.id, rule] as const),
);

describe('The rules of opening', () => {
  it.each(CHANNELS)('let through what they should, %s', (channel) => {
    expect(firstRefusal(OPENING_RULES[channel], ALLOWED)).toBeNull();
    expect(judge(OPENING_RULES[channel], ALLOWED).filter(({ passed }) => !passed)).toEqual([]);
  });

  it.each(CASES)('%s: %s refuses what breaks it, with a reason and a remedy', (channel, id, rule) => {
    const facts = { ...ALLOWED, ...BREAKS[id] };
    const verdict = judge(OPENING_RULES[channel], facts).find((one) => one.rule === id);
    expect(verdict).toEqual({
      rule: id,
      version: rule.version,
      passed: false,
      reason: expect.stringMatching(/^[A-Z].+\.$/),
      remedy: expect.stringMatching(/^[A-Z].+\.$/),
    });
    expect(firstRefusal([rule], facts)).toBe(rule.refusal);
  });

  it.each(CASES)('%s: %s comes before all that follow it', (channel, id, rule) => {
    const rules = OPENING_RULES[channel];
    const later = rules.slice(rules.indexOf(rule) + 1).map((one) => BREAKS[one.id] ?? {});
    const facts = Object.assign({}, ALLOWED, ...later, BREAKS[id]) as OpeningFacts;
    expect(firstRefusal(rules, facts)).toBe(rule.refusal);
  });

  it.each(CHANNELS)('have names of their own, %s', (channel) => {
    const ids = OPENING_RULES[channel].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
