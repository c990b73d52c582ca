import { oneLine } from '../../src/mail/email-templates.js';
import { messageIdOf } from '../../src/mail/smtp-client.js';
import { toSmtpFailure } from '../../src/mail/smtp-failure.js';
import { toMajorText } from '../../src/shared/money.js';

const failure = (code: string | undefined, responseCode?: number, message = 'refused') =>
  toSmtpFailure(Object.assign(new Error(message), { code, responseCode }));

describe('A failure of SMTP', () => {
  it.each([
    ['EENVELOPE', 550, 'a recipient that does not exist'],
    ['EMESSAGE', 554, 'a message that is taken for spam'],
    ['EMESSAGE', undefined, 'a message larger than the server said it takes'],
    ['EENVELOPE', undefined, 'an address that none can be'],
  ])('%s %s is permanent and concerns one e-mail: %s', (...[code, reply]) => {
    expect(failure(code, reply)).toMatchObject({ isPermanent: true, isServerDown: false });
  });

  it.each([
    ['EENVELOPE', 450, 'a greylisted recipient'],
    ['EMESSAGE', 451, 'an error in processing'],
    ['EENVELOPE', 503, 'a bad sequence of commands'],
  ])('%s %s is temporary and concerns one e-mail: %s', (...[code, reply]) => {
    expect(failure(code, reply)).toMatchObject({ isPermanent: false, isServerDown: false });
  });

  it.each([
    ['ECONNECTION', undefined, 'a connection that ends'],
    ['ETIMEDOUT', undefined, 'silence'],
    ['EDNS', undefined, 'a name that does not resolve'],
    ['ETLS', undefined, 'TLS that fails'],
    ['EPROTOCOL', 554, 'a greeting that says no'],
    ['EAUTH', 535, 'wrong credentials'],
    ['EENVELOPE', 530, 'credentials that are missing'],
    ['EENVELOPE', 421, 'a server about to close'],
    ['EABORT', undefined, 'an attempt that was ended'],
    [undefined, undefined, 'anything else'],
  ])('%s %s is temporary and concerns the server: %s', (...[code, reply]) => {
    expect(failure(code, reply)).toMatchObject({ isPermanent: false, isServerDown: true });
  });

  it('is stored on one line, in a length and form that the database accepts', () => {
    const { text, code } = failure('EMESSAGE', 550, `550-no\r\n550 \u0000really${'😀'.repeat(600)}`);
    expect(code).toBe('EMESSAGE 550');
    expect(Array.from(text)).toHaveLength(500);
    expect(text).toMatch(/^550-no 550 {2}really(😀)+$/u);
  });
});

describe('Third-party text in an e-mail', () => {
  it.each([
    ['a\r\nb', 'a b'],
    ['a\u2028b\u0085c', 'a b c'],
    ['a\u202eb', 'a b'],
    ['a\ud800', 'a\ufffd'],
    ['Łódź 貯金', 'Łódź 貯金'],
  ])('%j is shown as %j', (text, shown) => {
    expect(oneLine(text)).toBe(shown);
  });
});

describe('The Message-ID of an e-mail', () => {
  const email = { platformId: '1', id: '17', createdAt: new Date('2026-01-15T09:30:00.123Z') };

  it('is unique per installation, and stable', () => {
    const from = { name: 'Bank', address: 'no-reply@bank.example' };
    expect(messageIdOf(email, from)).toBe(messageIdOf({ ...email }, from));
    expect(messageIdOf(email, from)).toMatch(/^<eml_1_17\.[0-9a-z]+@bank\.example>$/);
    const twin = { ...email, createdAt: new Date('2026-01-15T09:30:00.124Z') };
    expect(messageIdOf(twin, from)).not.toBe(messageIdOf(email, from));
  });
});

describe('Amounts in major units', () => {
  it.each([
    [2550n, 2, '25.50'],
    [5n, 2, '0.05'],
    [-5n, 2, '-0.05'],
    [700n, 0, '700'],
    [1n, 8, '0.00000001'],
    [999_999_999_999_999n, 2, '9999999999999.99'],
  ])('%s with %s decimals are %s', (minor, decimals, text) => {
    expect(toMajorText(minor, decimals)).toBe(text);
  });
});
