import { EmailLinks } from '../../src/mail/email-links.service.js';
import { Clock } from '../../src/shared/clock.js';
import { testEnvironment } from '../support/test-environment.js';

const OLD = 'an old pepper that only the tests know';
const NEW = 'a new pepper that only the tests know';

const linksUnder = (...peppers: string[]) =>
  new EmailLinks(
    testEnvironment('postgres://a:b@db.example/vostro', {
      SECRET_PEPPER: peppers.join(','),
      PUBLIC_URL: 'https://bank.example/',
    }),
    new Clock(),
  );
const tokenIn = (url: string) => new URL(url).searchParams.get('token');

describe('A link in an e-mail', () => {
  it('leads to the public address and says platform and address, in one spelling', () => {
    const links = linksUnder(OLD);
    const url = links.urlOf('confirm', '17', 'One@Example.com');
    expect(url).toMatch(/^https:\/\/bank\.example\/emails\/confirm\?token=[\w-]+$/);
    expect(links.read('confirm', tokenIn(url))).toEqual({ platformId: '17', address: 'one@example.com' });
  });

  it('is valid under every listed pepper, and under no other', () => {
    const token = tokenIn(linksUnder(OLD).urlOf('unsubscribe', '17', 'one@example.com'));
    expect(linksUnder(NEW, OLD).read('unsubscribe', token)).toMatchObject({ platformId: '17' });
    expect(() => linksUnder(NEW).read('unsubscribe', token)).toThrow('validation_failed');
    const renewed = tokenIn(linksUnder(NEW, OLD).urlOf('unsubscribe', '17', 'one@example.com'));
    expect(linksUnder(NEW).read('unsubscribe', renewed)).toMatchObject({ platformId: '17' });
  });

  it('serves one purpose', () => {
    const links = linksUnder(OLD);
    const token = tokenIn(links.urlOf('confirm', '17', 'one@example.com'));
    expect(() => links.read('unsubscribe', token)).toThrow('validation_failed');
  });
});
