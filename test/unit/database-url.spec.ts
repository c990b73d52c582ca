import { roleAndDatabaseOf, serverUrls } from '../../src/config/database-url.js';

describe('The servers of a database URL', () => {
  it.each([
    ['postgres://app@db/vostro', ['postgres://app@db/vostro']],
    ['postgresql://app:s%40cret@db:5433/vostro?sslmode=require', undefined],
    [
      'postgres://app:secret@db1:5432,db2:5433/vostro?target_session_attrs=read-write',
      ['postgres://app:secret@db1:5432/vostro', 'postgres://app:secret@db2:5433/vostro'],
    ],
    [
      'postgres://a,b:p,w@[::1]:1,[::2]/vostro?sslmode=require&target_session_attrs=primary',
      [
        'postgres://a,b:p,w@[::1]:1/vostro?sslmode=require',
        'postgres://a,b:p,w@[::2]/vostro?sslmode=require',
      ],
    ],
    ['postgres:///vostro?host=/var/run/postgresql', undefined],
    ['postgres://db1,db2/vostro', ['postgres://db1/vostro', 'postgres://db2/vostro']],
  ])('%s', (url, urls = [url]) => {
    expect(serverUrls(url)).toEqual(urls);
  });

  it.each([
    'mysql://db/vostro',
    'postgres://',
    'postgres://db1,,db2/vostro',
    'postgres://db1:port/vostro',
    'postgres://db1,db2/vostro?target_session_attrs=any',
    'postgres://db/vostro?target_session_attrs=standby',
  ])('are not read from %s', (url) => {
    expect(() => serverUrls(url)).toThrow();
  });
});

describe('The role and the database of a URL', () => {
  it('are decoded', () => {
    expect(roleAndDatabaseOf('postgres://a%40b:c@db1,db2/the%20books?sslmode=require')).toEqual({
      role: 'a@b',
      database: 'the books',
    });
  });
});
