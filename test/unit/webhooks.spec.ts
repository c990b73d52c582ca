import { createCipheriv, hkdfSync } from 'node:crypto';
import { Networks } from '../../src/shared/networks.js';
import { SealedBox } from '../../src/shared/sealed-box.js';
import { Environment, readEnv } from '../../src/config/env.js';
import { DeliveryTargets, NameResolver } from '../../src/webhooks/delivery-targets.js';
import { afterFailure } from '../../src/webhooks/retry-policy.js';
import { testVariables } from '../support/test-environment.js';

const PEPPER = 'a pepper that only the tests know of';

describe('A sealed box', () => {
  const box = new SealedBox([PEPPER], 'a purpose');
  const row = ['1', '2'];

  it('opens what it sealed, and seals the same text differently each time', () => {
    const [first, second] = [box.seal('päivää', row), box.seal('päivää', row)];
    expect([box.open(first, row), box.open(second, row)]).toEqual(['päivää', 'päivää']);
    expect(first.equals(second)).toBe(false);
    expect(first.includes('päivää')).toBe(false);
  });

  it('rejects another row, purpose or pepper, and altered bytes', () => {
    const sealed = box.seal('text', row);
    const altered = Buffer.from(sealed);
    altered.writeUInt8(altered.readUInt8(altered.length - 1) ^ 1, altered.length - 1);
    expect(() => box.open(sealed, ['1', '3'])).toThrow();
    expect(() => new SealedBox([PEPPER], 'another purpose').open(sealed, row)).toThrow();
    expect(() => new SealedBox([`${PEPPER}!`], 'a purpose').open(sealed, row)).toThrow();
    expect(() => box.open(altered, row)).toThrow();
    expect(() => box.open(sealed.subarray(0, 20), row)).toThrow();
  });

  it('opens stored responses sealed before the class existed', () => {
    const key = Buffer.from(hkdfSync('sha256', PEPPER, '', 'vostro idempotency receipts', 32));
    const nonce = Buffer.alloc(12, 7);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from('["1","credential:5","k"]'));
    const text = Buffer.concat([cipher.update('{"status":201}', 'utf8'), cipher.final()]);
    const receipt = Buffer.concat([nonce, cipher.getAuthTag(), text]);
    const receipts = new SealedBox([PEPPER], 'vostro idempotency receipts');
    expect(receipts.open(receipt, ['1', 'credential:5', 'k'])).toBe('{"status":201}');
  });
});

describe('The retry after a failed delivery', () => {
  const limits = { firstWaitMs: 5_000, longestWaitMs: 3_600_000, givenUpAfterMs: 432_000_000 };
  const at = (seconds: number): Date => new Date(1_700_000_000_000 + seconds * 1_000);
  const waitAfter = (failingSeconds: number, random: number): number => {
    const after = afterFailure({ failingSince: at(0), attemptedAt: at(failingSeconds) }, limits, random);
    if (after.status !== 'pending') throw new Error(after.status);
    return (after.nextAttemptAt.getTime() - at(failingSeconds).getTime()) / 1_000;
  };

  it.each([
    [0, 5],
    [5, 10],
    [15, 20],
    [35, 40],
    [75, 80],
    [3_595, 3_600],
    [86_400, 3_600],
  ])('after %d s of failures waits %d s, plus or minus a fifth', (failing, wait) => {
    expect(waitAfter(failing, 0.5)).toBe(wait);
    expect(waitAfter(failing, 0)).toBeCloseTo(wait * 0.8);
    expect(waitAfter(failing, 1)).toBeCloseTo(wait * 1.2);
  });

  it('counts from the first failure, and ends after the maximum', () => {
    expect(afterFailure({ failingSince: null, attemptedAt: at(9) }, limits, 0.5)).toEqual({
      status: 'pending',
      failingSince: at(9),
      nextAttemptAt: at(14),
    });
    const last = (seconds: number) =>
      afterFailure({ failingSince: at(0), attemptedAt: at(seconds) }, limits, 0.5).status;
    expect([last(431_999), last(432_000)]).toEqual(['pending', 'exhausted']);
  });
});

describe('Webhook targets', () => {
  const targets = (more: Record<string, string> = {}): DeliveryTargets => {
    const variables = readEnv({ ...testVariables('postgres://db.example/vostro'), ...more });
    return new DeliveryTargets(new Environment(variables, '', variables), new NameResolver());
  };
  const demo = { DATABASE_URL: '' };

  it.each([
    ...[
      'https://hooks.example/a?b=c',
      'https://hooks.example:8443',
      'https://93.184.216.34/',
      'https://bücher.example/',
    ],
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
  ])('accept %s', (url) => {
    expect(targets().problemOf(url)).toBeNull();
  });

  it.each([
    ['http://hooks.example/', 'must begin with https://'],
    ['ftp://hooks.example/', 'must begin with https://'],
    ['file:///etc/passwd', 'must begin with https://'],
    ['javascript:alert(1)', 'must begin with https://'],
    ['hooks.example', 'must be a URL'],
    ['https://', 'must be a URL'],
    ['https://999.1.1.1/', 'must be a URL'],
    ['https://user:secret@hooks.example/', 'must not hold a user name or a password'],
    ['https://user@hooks.example/', 'must not hold a user name or a password'],
    ['https://localhost/', 'must not name a private or special address'],
    ['https://LOCALHOST./', 'must not name a private or special address'],
    ['https://127.1/', 'must not name a private or special address'],
    ['https://[::ffff:8.8.8.8]/', 'must not name a private or special address'],
    ['https://[64:ff9b::8.8.8.8]/', 'must not name a private or special address'],
    ['https://169.254.169.254/', 'must not name a private or special address'],
  ])('reject %s: it %s', (url, problem) => {
    expect(targets().problemOf(url)).toBe(problem);
  });

  it('may use http in the demo, but no private network', () => {
    expect(targets(demo).problemOf('http://hooks.example/')).toBeNull();
    expect(targets(demo).problemOf('http://127.0.0.1/')).toMatch(/private/);
    expect(targets(demo).problemOf('ws://hooks.example/')).toBe('must begin with https:// or http://');
  });

  it('may be in the allowed private networks, and in no other', () => {
    const allowing = targets({ WEBHOOK_ALLOWED_NETWORKS: '10.1.0.0/16,fd00:1::/32,127.0.0.0/8' });
    for (const host of ['10.1.2.3', '[fd00:1::5]', 'localhost', '[::ffff:10.1.2.3]'])
      expect(allowing.problemOf(`https://${host}/`)).toBeNull();
    for (const host of ['10.2.0.1', '[fd00:2::5]', '[::1]', '192.168.0.1'])
      expect(allowing.problemOf(`https://${host}/`)).toMatch(/private/);
  });

  it('permit no text that is not an IP address', () => {
    for (const text of ['', 'hooks.example', '1.2.3', '::1%lo', 'fe80::1%eth0', '2606:2800::1%eth0'])
      expect(targets().permits(text)).toBe(false);
    expect(new Networks([]).has('127.0.0.1')).toBe(false);
  });

  it.each(['127.0.0.1', '127.0.0.0/33', 'localhost', '10.0.0.0/8, 11.0.0.0/8', '10.0.0.0/8,'])(
    'reject WEBHOOK_ALLOWED_NETWORKS=%s',
    (value) => {
      expect(() => targets({ WEBHOOK_ALLOWED_NETWORKS: value })).toThrow(/WEBHOOK_ALLOWED_NETWORKS must be/);
    },
  );
});
