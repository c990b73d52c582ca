import { SecretHasher } from '../../src/auth/secret-hasher.js';
import { ConfigurationError, Environment, readEnv } from '../../src/config/env.js';
import { SealedBox } from '../../src/shared/sealed-box.js';
import { testVariables } from '../support/test-environment.js';

const OLD = 'an old pepper of thirty-two letters';
const NEW = 'a newer pepper of thirty-two letters';
const ROW = ['1', '2'];

const environment = (pepper: string): Environment => {
  const variables = readEnv({ ...testVariables('postgres://a@b/c'), SECRET_PEPPER: pepper });
  return new Environment(variables, 'postgres://a@b/c', variables);
};
const hasherOf = (pepper: string): SecretHasher => new SecretHasher(environment(pepper));

describe('SECRET_PEPPER', () => {
  it('holds one pepper, or several with the newest first', () => {
    expect(environment(OLD).secretPeppers).toEqual([OLD]);
    expect(environment(`${NEW},${OLD}`).secretPeppers).toEqual([NEW, OLD]);
  });

  it.each([
    ['a short one', `${OLD},short`],
    ['an empty one', `${OLD},`],
    ['the same one twice', `${OLD},${OLD}`],
    ['more than five', Array.from({ length: 6 }, (_, index) => `${OLD} ${index}`).join(',')],
  ])('is rejected with %s, without showing a pepper', (_what, pepper) => {
    const read = (): unknown => environment(pepper);
    expect(read).toThrow(ConfigurationError);
    expect(read).toThrow(/SECRET_PEPPER/);
    expect(read).not.toThrow(OLD);
  });
});

describe('A sealed box', () => {
  const box = (...peppers: string[]): SealedBox => new SealedBox(peppers, 'a purpose');

  it('seals under the newest pepper and opens what was sealed under any of them', () => {
    const sealed = box(OLD).seal('text', ROW);
    expect(box(NEW, OLD).open(sealed, ROW)).toBe('text');
    expect(box(OLD).open(box(OLD, NEW).seal('text', ROW), ROW)).toBe('text');
    expect(() => box(NEW).open(sealed, ROW)).toThrow();
    expect(() => box(NEW, OLD).open(sealed, ['1', '3'])).toThrow();
  });

  it('reports what must be resealed', () => {
    const sealed = box(OLD).seal('text', ROW);
    expect(box(NEW, OLD).isCurrent(sealed, ROW)).toBe(false);
    expect(box(OLD, NEW).isCurrent(sealed, ROW)).toBe(true);
    expect(box(NEW, OLD).isCurrent(sealed.subarray(1), ROW)).toBe(false);
  });
});

describe('The hash of a secret', () => {
  it('matches under any configured pepper, and under no other', () => {
    const hash = hasherOf(OLD).hash('secret');
    expect(hasherOf(`${NEW},${OLD}`).matches('secret', hash)).toBe(true);
    expect(hasherOf(NEW).matches('secret', hash)).toBe(false);
    expect(hasherOf(`${NEW},${OLD}`).matches('another', hash, null)).toBe(false);
  });

  it('is renewed under the newest pepper when it was made with another or names none', () => {
    const hasher = hasherOf(`${NEW},${OLD}`);
    for (const hash of [hasherOf(OLD).hash('secret'), hasherOf(`${OLD},${NEW}`).hash('secret')]) {
      const renewed = hasher.renewed('secret', hash);
      expect(renewed).toEqual(hasher.hash('secret'));
      expect(hasher.renewed('secret', renewed as Buffer)).toBeNull();
      expect(hasher.renewed('another', hash)).toBeNull();
      expect(hasherOf(NEW).matches('secret', renewed)).toBe(true);
    }
  });

  it('has the form of earlier versions while one pepper is configured, and is not renewed', () => {
    const hasher = hasherOf(OLD);
    const hash = hasher.hash('secret');
    expect(hash).toHaveLength(32);
    expect(hasher.renewed('secret', hash)).toBeNull();
    const ofRotation = hasherOf(`${OLD},${NEW}`).hash('secret');
    expect([hasher.matches('secret', ofRotation), hasher.renewed('secret', ofRotation)]).toEqual([
      true,
      null,
    ]);
  });
});
