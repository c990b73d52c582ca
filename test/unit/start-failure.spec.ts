import { misspeltVariables } from '../../src/config/misspelt-variables.js';
import { startFailureOf } from '../../src/start-failure.js';

const VARIABLES = {
  HOST: '127.0.0.1',
  PORT: 80,
  VAR_DIR: './var',
  DATABASE_URL: 'postgres://app:secret@db1,db2:5433/books',
};
const failure = (fields: object): Error => Object.assign(new Error('any'), fields);

describe('A start failure', () => {
  it.each<[object, number, RegExp]>([
    [{ code: 'ENOSPC', syscall: 'write' }, 74, /^VAR_DIR=\.\/var: the disk is full/],
    [{ code: 'EROFS', path: '/var/x' }, 73, /^VAR_DIR=\.\/var cannot be written \(EROFS \/var\/x\)/],
    [{ code: 'EACCES', syscall: 'listen' }, 77, /^HOST=127\.0\.0\.1 PORT=80 is not allowed/],
    [{ code: 'EADDRNOTAVAIL', syscall: 'listen' }, 69, /cannot be listened on \(EADDRNOTAVAIL\)/],
    [{ code: '53300' }, 69, /^DATABASE_URL \(db1, db2:5433\): PostgreSQL accepts no connection now/],
    [{ message: 'Connection terminated due to connection timeout' }, 69, /no PostgreSQL answers/],
  ])('is explained: %j', (fields, exitCode, message) => {
    expect(startFailureOf(failure(fields), VARIABLES)).toEqual({
      exitCode,
      message: expect.stringMatching(message),
    });
  });

  it.each([{ code: '42P01' }, { code: 'ERR_ANY' }, {}])(
    'is not explained when it is unknown: %j',
    (fields) => {
      expect(startFailureOf(failure(fields), VARIABLES)).toBeNull();
    },
  );

  it('never shows the password', () => {
    for (const code of ['ECONNREFUSED', '28P01', '3D000', '42501', '57P03'])
      expect(startFailureOf(failure({ code }), VARIABLES)?.message).not.toContain('secret');
  });
});

describe('A misspelt variable', () => {
  it.each([
    ['DATABSE_URL', 'DATABASE_URL'],
    ['DATABASE_UR', 'DATABASE_URL'],
    ['DATABASE_URLS', 'DATABASE_URL'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['database_url', 'DATABASE_URL'],
    ['TRUST_PORXY', 'TRUST_PROXY'],
  ])('is warned of: %s', (name, meant) => {
    expect(misspeltVariables({ [name]: 'x' })).toEqual([
      `${name} is set, but no variable of Vostro: is ${meant} meant?`,
    ]);
  });

  it('is not warned of when the right one is set, or the name is short or another', () => {
    expect(misspeltVariables({ DATABSE_URL: 'x', DATABASE_URL: 'y' })).toEqual([]);
    expect(misspeltVariables({ PORTS: 'x', HOSTNAME: 'x', PATH: 'x', DATABASE_HOST: 'x' })).toEqual([]);
  });
});
