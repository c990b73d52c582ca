import { DOMParser } from '@xmldom/xmldom';
import fc from 'fast-check';
import type { CheckResult } from '../../packages/contract-checker/src/runner.js';
import { CredentialsError, readCredentials } from '../../packages/contract-checker/src/credentials.js';
import { isSame, Numeral, parseExact } from '../../packages/contract-checker/src/exact-json.js';
import { amount, integer } from '../../packages/contract-checker/src/form.js';
import { toJunit } from '../../packages/contract-checker/src/junit.js';
import { SecretRedactor } from '../../packages/contract-checker/src/secrets.js';
import { shown } from '../../packages/contract-checker/src/shown.js';

describe('A number in a response', () => {
  it.each([
    ['0', 0],
    ['-0', 0],
    ['0.000', 0],
    ['25.50', 1],
    ['1e-7', 7],
    ['12e-1', 1],
    ['1.5e3', 0],
    ['100', 0],
    ['0.30000000000000004', 17],
    ['1e999999999', 0],
  ])('%s needs %i decimals', (source, decimals) => {
    expect(new Numeral(source).decimals).toBe(decimals);
  });

  it.each([
    ['ZAR', '0.3', true],
    ['ZAR', '0.30', true],
    ['ZAR', '0.30000000000000004', false],
    ['ZAR', '1e-7', false],
    ['BTC', '1e-7', true],
    ['JPY', '100', true],
    ['JPY', '100.5', false],
    ['KWD', '0.001', true],
    ['XQZ', '0.000000000000000001', true],
    ['ZAR', '"0.30"', false],
  ])('is exact in %s: %s is %s', (currency, source, isExact) => {
    expect(amount(currency)(parseExact(source), 'balance')).toHaveLength(isExact ? 0 : 1);
  });

  it('is an integer by its value, in any notation', () => {
    expect(['42', '42.0', '4.2e1'].flatMap((source) => integer(parseExact(source), 'id'))).toEqual([]);
    expect(['42.5', '"42"', 'null'].flatMap((source) => integer(parseExact(source), 'id'))).toHaveLength(3);
  });

  it('is serialised as it was read', () => {
    const text = '{"a":1e-7,"b":[0.30000000000000004,25.50]}';
    expect(JSON.stringify(parseExact(text))).toBe(text);
  });

  it('equals another number of the same value in any context', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat(12), (units, decimals) => {
        const shifted = parseExact(`[${units}e-${decimals}]`);
        const padded = parseExact(`[${units}.000E-${decimals}]`);
        expect(isSame(shifted, padded)).toBe(true);
        expect(isSame(shifted, parseExact(`[${units + 1n}e-${decimals}]`))).toBe(false);
      }),
    );
  });
});

describe('A secret', () => {
  const secrets = new SecretRedactor();
  secrets.add('s3cret-of-"mine"', 'secret');
  secrets.add('s3cret-of', 'shorter one');

  it('is found as plain text and as JSON escapes it, and masked as a whole', () => {
    expect(secrets.namesIn('{"message":"s3cret-of-\\"mine\\" is wrong"}')).toContain('secret');
    expect(secrets.mask('a s3cret-of-"mine" b')).toBe('a *** b');
  });

  it('is masked before the text is truncated, so that no part of it remains', () => {
    for (let length = 1; length < 40; length++)
      expect(shown(`${'x'.repeat(10)}s3cret-of-"mine"`, secrets, length)).not.toContain('s3c');
  });

  it('that is too short to be distinctive is not searched for', () => {
    const short = new SecretRedactor();
    short.add('test', 'key');
    expect(short.namesIn('a test')).toEqual([]);
  });
});

describe('Text of a server', () => {
  it('cannot control the terminal', () => {
    expect(shown('\u001b[2Jgone\r\nline\u202e', new SecretRedactor())).toBe(
      '\\u{1b}[2Jgone\\u{d}\\u{a}line\\u{202e}',
    );
  });
});

describe('Credentials', () => {
  it('may be incomplete, and variables take precedence over the file', () => {
    const file = JSON.stringify({ owner: { apiKey: 'key', apiSecret: 'old' }, workspace: null });
    const { owner, workspace, platform } = readCredentials(file, { VOSTRO_CONTRACT_OWNER_SECRET: 'new' });
    expect([owner, workspace, platform]).toEqual([{ apiKey: 'key', apiSecret: 'new' }, null, null]);
  });

  it.each([
    ['{', 'not a JSON object'],
    ['[]', 'not a JSON object'],
    ['{"owner":{"apiKey":"s3cret"}}', 'owner.apiSecret (VOSTRO_CONTRACT_OWNER_SECRET) is missing'],
    [
      '{"owner":{"apiKey":"s3cret","apiSecret":["s3cret"]}}',
      'owner.apiSecret of the credentials must be text',
    ],
    ['{"owner":{"apiKey":"s3cret","apiSecret":"s3cret\\n"}}', 'must be visible ASCII'],
    ['{"workspace":{"workspaceId":456}}', 'workspace.accessToken (VOSTRO_CONTRACT_WORKSPACE_ACCESS_TOKEN)'],
    ['{"workspace":{"workspaceId":4.5,"accessToken":"s3cret"}}', 'workspace.workspaceId'],
    ['{"platform":{"key":"s3cret"}}', 'platform.secret (VOSTRO_CONTRACT_PLATFORM_SECRET) is missing'],
    ['{"owner": s3cret}', 'not a JSON object'],
  ])('that are invalid are reported without a value: %s', (file, expected) => {
    const read = () => readCredentials(file, {});
    expect(read).toThrow(CredentialsError);
    expect(read).toThrow(expected);
    expect(read).not.toThrow(/s3cret(?!.*is missing)/);
  });
});

describe('JUnit XML', () => {
  const check = { api: 'owner', level: 'contract', isDestructive: false, ms: 1234 } as const;
  const parse = (results: CheckResult[]) =>
    new DOMParser({
      onError: (level, message) => {
        // The parser warns of U+FFFD, which is well-formed, and replaces here what XML cannot contain.
        if (level !== 'warning') throw new Error(`${level}: ${message}`);
      },
    }).parseFromString(toJunit(results, new Date(0)), 'text/xml');

  it('has the name, result and time of every check', () => {
    const document = parse([
      { ...check, name: 'owner/one', sentence: 'One.', result: 'passed' },
      { ...check, name: 'owner/two', sentence: 'Two.', result: 'skipped', reason: 'needs more' },
      {
        ...check,
        api: 'platform',
        name: 'platform/three',
        sentence: 'Three.',
        result: 'failed',
        reason: 'why',
      },
    ]);
    const root = document.documentElement;
    const attributes = ['tests', 'failures', 'skipped', 'time'].map((name) => root?.getAttribute(name));
    expect(attributes).toEqual(['3', '1', '1', '3.702']);
    const cases = [...document.getElementsByTagName('testcase')].map((one) => [
      ...[one.getAttribute('classname'), one.getAttribute('name'), one.getAttribute('time')],
      one.firstChild?.nodeName,
    ]);
    expect(cases).toEqual([
      ['contract.owner', 'one', '1.234', undefined],
      ['contract.owner', 'two', '1.234', 'skipped'],
      ['contract.platform', 'three', '1.234', 'failure'],
    ]);
    expect(document.getElementsByTagName('testsuite')).toHaveLength(2);
  });

  it('contains any server text, and is well-formed', () => {
    const anything = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(anything, anything, (found, reason) => {
        const result = {
          ...check,
          name: 'owner/x',
          sentence: 'X.',
          result: 'failed',
          reason,
          found,
        } as const;
        const [failure] = parse([result]).getElementsByTagName('failure');
        const readable = (text: string) =>
          text.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
        expect(failure?.getAttribute('message')).toBe(readable(reason));
        expect(failure?.textContent).toBe(`X.\nrequest:  \nexpected: \nfound:    ${readable(found)}`);
      }),
      {
        examples: [
          ['\u0000\u001b[2J]]>&<"\u000b', "'\r\n\t\ufffe"],
          ['\ud800', '<failure/>'],
        ],
      },
    );
  });
});
