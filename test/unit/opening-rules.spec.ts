import { currencyRefusal, isCurrencyCode, productRefusal } from '../../src/accounts/opening/opening-rules.js';
import { type CustomerEligibility, eligibilityRefusal } from '../../src/customers/customer-eligibility.js';

const AVAILABLE = { enabled: true, enabledInJurisdiction: true };

describe('A customer’s eligibility', () => {
  const eligibility: CustomerEligibility = {
    customerId: '1',
    displayName: 'A customer',
    platformStatus: 'verified',
    customerStatus: 'active',
    kycStatus: 'approved',
    kycEvidence: 'test',
    jurisdictionCode: 'ZA',
  };

  it('lets an approved, active customer of a verified platform open accounts', () => {
    expect(eligibilityRefusal(eligibility)).toBeNull();
  });

  it.each(['not_started', 'pending', 'rejected', 'expired'] as const)('refuses KYC %s', (kycStatus) => {
    expect(eligibilityRefusal({ ...eligibility, kycStatus })).toBe('kyc_not_approved');
  });

  it.each(['pending', 'suspended'] as const)(
    'refuses a %s platform before anything else',
    (platformStatus) => {
      const worst = {
        ...eligibility,
        customerStatus: 'suspended',
        kycStatus: 'pending',
        platformStatus,
      } as const;
      expect(eligibilityRefusal(worst)).toBe('platform_not_verified');
    },
  );

  it('refuses a suspended customer before it checks KYC', () => {
    expect(eligibilityRefusal({ ...eligibility, customerStatus: 'suspended', kycStatus: 'pending' })).toBe(
      'customer_suspended',
    );
  });
});

describe('A currency', () => {
  it('is available when enabled in the bank and in the jurisdiction', () => {
    expect(currencyRefusal(AVAILABLE)).toBeNull();
  });

  it.each([
    { enabled: false, enabledInJurisdiction: true },
    { enabled: true, enabledInJurisdiction: false },
    { enabled: false, enabledInJurisdiction: false },
  ])('is not available with %p', (facts) => {
    expect(currencyRefusal(facts)).toBe('currency_not_available');
  });
});

describe('A product', () => {
  it('is available when it is not retired and its currency is available', () => {
    expect(productRefusal('available', AVAILABLE)).toBeNull();
  });

  it('is refused as not found when it does not exist, even where its currency is not available', () => {
    expect(productRefusal(null, { enabled: false, enabledInJurisdiction: false })).toBe('product_not_found');
  });

  it.each([
    ['retired', AVAILABLE],
    ['available', { enabled: true, enabledInJurisdiction: false }],
    ['available', { enabled: false, enabledInJurisdiction: true }],
  ] as const)('is not available when %s with %p', (status, currency) => {
    expect(productRefusal(status, currency)).toBe('product_not_available');
  });
});

describe('The form of a currency code', () => {
  const digital = new Set(['BTC', 'USDC']);

  it.each(['ZAR', 'zar', 'XQZ', 'btc', 'USDC', 'usdc'])('is valid for %s', (code) => {
    expect(isCurrencyCode(code, digital)).toBe(true);
  });

  it.each(['', 'ZA', 'ZARR', 'Z4R', 'Z R', 'ZÄR', 'USDT', ' ZAR', 'ZAR\n'])('is not valid for %j', (code) => {
    expect(isCurrencyCode(code, digital)).toBe(false);
  });
});
