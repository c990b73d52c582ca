import { DIGITAL_CURRENCIES } from '../../src/database/seeds/digital-currencies.js';
import { ISO_4217 } from '../../src/database/seeds/iso-4217.js';

const codes = ISO_4217.map((fact) => fact.code);
const withDecimals = (decimals: number) =>
  ISO_4217.filter((fact) => fact.decimals === decimals).map((fact) => fact.code);

describe('The ISO 4217 table', () => {
  it('holds all 165 active codes that have a minor unit', () => {
    expect(codes).toHaveLength(165);
  });

  it('gives each currency a unique code of three capital letters', () => {
    expect(codes.filter((code) => !/^[A-Z]{3}$/.test(code))).toEqual([]);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('gives each currency a unique number of three digits', () => {
    const numbers = ISO_4217.map((fact) => fact.number);
    expect(numbers.filter((number) => !/^\d{3}$/.test(number))).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it('is sorted by code', () => {
    expect(codes).toEqual([...codes].sort());
  });

  it('gives each currency a unique, trimmed name', () => {
    const names = ISO_4217.map((fact) => fact.name);
    expect(names.filter((name) => name === '' || name !== name.trim())).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('gives each currency a symbol of one to five characters', () => {
    const odd = ISO_4217.filter(({ symbol }) => !/^\S{1,5}$/u.test(symbol));
    expect(odd).toEqual([]);
  });

  it('uses no number of decimals but 0, 2, 3 and 4', () => {
    expect([...new Set(ISO_4217.map((fact) => fact.decimals))].sort()).toEqual([0, 2, 3, 4]);
  });

  it('has no decimals for exactly the currencies with a minor unit of 0 in ISO 4217', () => {
    expect(withDecimals(0).join(' ')).toBe(
      'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
    );
  });

  it('has three decimals for exactly the dinars and the rial divided into thousandths', () => {
    expect(withDecimals(3).join(' ')).toBe('BHD IQD JOD KWD LYD OMR TND');
  });

  it('has four decimals for exactly the two indexed units of account', () => {
    expect(withDecimals(4).join(' ')).toBe('CLF UYW');
  });

  it.each('AFN ALL COP HUF IDR IRR KPW LAK LBP MGA MMK MRU PKR SOS SYP YER'.split(' '))(
    'keeps the two decimals ISO gives %s although Intl or other tables give it fewer',
    (code) => {
      expect(ISO_4217.find((fact) => fact.code === code)).toMatchObject({ decimals: 2 });
    },
  );

  it.each([
    ['MRU', '929', 2],
    ['SLE', '925', 2],
    ['STN', '930', 2],
    ['UYW', '927', 4],
    ['VED', '926', 2],
    ['VES', '928', 2],
    ['XAD', '396', 2],
    ['XCG', '532', 2],
    ['ZWG', '924', 2],
  ])('holds the recent code %s with number %s and %i decimals', (code, number, decimals) => {
    expect(ISO_4217.find((fact) => fact.code === code)).toMatchObject({ number, decimals });
  });

  it('holds common currencies with their common symbols', () => {
    const symbols = Object.fromEntries(ISO_4217.map((fact) => [fact.code, fact.symbol]));
    expect(symbols).toMatchObject({ ZAR: 'R', USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', NGN: '₦' });
  });

  it('keeps the funds codes that have a minor unit', () => {
    const funds = 'BOV CHE CHW CLF COU MXV USN UYI UYW XAD'.split(' ');
    expect(ISO_4217.filter((fact) => fact.name.endsWith('(funds code)')).map((fact) => fact.code)).toEqual(
      funds,
    );
  });

  it('omits every code withdrawn from the list', () => {
    const withdrawn = 'ANG BGN BYR CUC EEK HRK LTL LVL MRO SLL STD USS VEF XFU ZMK ZWL ZWR'.split(' ');
    expect(codes.filter((code) => withdrawn.includes(code))).toEqual([]);
  });

  it('omits the metals and the other codes without a minor unit', () => {
    const unitless = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');
    expect(codes.filter((code) => unitless.includes(code))).toEqual([]);
  });
});

describe('The digital currencies', () => {
  it('hold bitcoin to the satoshi', () => {
    expect(DIGITAL_CURRENCIES).toContainEqual({ code: 'BTC', name: 'Bitcoin', symbol: '₿', decimals: 8 });
  });

  it('use no code assigned by ISO', () => {
    expect(DIGITAL_CURRENCIES.filter((digital) => codes.includes(digital.code))).toEqual([]);
  });
});
