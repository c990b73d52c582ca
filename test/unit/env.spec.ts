import {
  ConfigurationError,
  Environment,
  readDatabaseUrl,
  readEnv,
  readSandboxEnv,
} from '../../src/config/env.js';
import { testVariables } from '../support/test-environment.js';

const DATABASE_URL = 'postgres://user:password@db.example/vostro';
const PUBLIC_URL = 'https://bank.example';

function problemsOf(variables: NodeJS.ProcessEnv): string[] {
  try {
    readEnv(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError)
      return error.problems.map((problem) => problem.split(' ')[0] ?? '');
    throw error;
  }
}

describe('The environment', () => {
  it('has a default for every variable when no server is given', () => {
    expect(readEnv({})).toMatchObject({
      HOST: '127.0.0.1',
      PORT: 3000,
      DATABASE_POOL_SIZE: 10,
      MAX_REQUESTS_IN_WORK: 1_000,
      VAR_DIR: './var',
      MAIL_FROM: 'Vostro <no-reply@localhost>',
    });
  });

  it('treats an empty variable as not set', () => {
    expect(readEnv({ PORT: '', DATABASE_URL: '' })).toMatchObject({ PORT: 3000 });
  });

  it('ignores unknown variables', () => {
    expect(readEnv({ NONSENSE: 'x', __proto__x: 'y' })).not.toHaveProperty('NONSENSE');
  });

  it.each([
    ['PORT', 'abc'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '3000.5'],
    ['DATABASE_POOL_SIZE', '0'],
    ['MAX_REQUESTS_IN_WORK', '0'],
    ['MAX_REQUESTS_IN_WORK', '100001'],
    ['DRAIN_SECONDS', '-1'],
    ['DRAIN_SECONDS', '301'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'vostro.example'],
    ['DATABASE_URL', 'mysql://db.example/vostro'],
    ['SECRET_PEPPER', 'short'],
    ['TOKEN_SIGNING_KEY', 'not a key'],
    ['SMTP_URL', 'mail.example'],
    ['SMTP_URL', 'http://mail.example'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'smtp://user@mail.example'],
    ['SMTP_URL', 'smtp://user:%zz@mail.example'],
    ['SMTP_URL', 'smtp://mail.example/path'],
    ['SMTP_URL', 'smtp://mail.example?debug=true'],
    ['MAIL_FROM', 'Vostro'],
    ['MAIL_FROM', 'Vostro no-reply@bank.example'],
    ['MAIL_FROM', 'Vostro <a@bank.example>, <b@bank.example>'],
    ['MAIL_FROM', 'Vostro\r\nBcc: b@bank.example <a@bank.example>'],
    ['WEBHOOK_ALLOWED_NETWORKS', '10.0.0.1'],
    ['WEBHOOK_DISABLE_AFTER_DAYS', '0'],
    ['APPROVAL_EXPIRES_AFTER_DAYS', '91'],
    ['SESSION_MAX_DAYS', '0'],
    ['KEY_MAX_AGE_DAYS', 'session=3'],
    ['KEY_MAX_AGE_DAYS', 'owner=3,owner=4'],
    ['KEY_MAX_AGE_DAYS', 'owner=0'],
    ['SANDBOX', 'true'],
    ['SANDBOX_TOKEN', 'short'],
    ['SANDBOX_TOKEN', `with a space ${'x'.repeat(32)}`],
  ])('rejects %s=%s and names the variable', (name, value) => {
    expect(problemsOf({ ...testVariables(DATABASE_URL), [name]: value })).toContain(name);
  });

  it('names all invalid variables at once, and every missing secret when a server is given', () => {
    expect(problemsOf({ DATABASE_URL, PORT: 'x', LOG_LEVEL: 'loud' })).toEqual(
      expect.arrayContaining(['PORT', 'LOG_LEVEL', 'SECRET_PEPPER', 'TOKEN_SIGNING_KEY']),
    );
  });

  it('reads the mail server, with any characters in user and password', () => {
    const of = (SMTP_URL: string) => {
      const variables = readEnv({ ...testVariables(DATABASE_URL), PUBLIC_URL, SMTP_URL });
      return new Environment(variables, DATABASE_URL, variables).smtpServer;
    };
    expect(of('smtp://mail.example:2525')).toEqual({
      host: 'mail.example',
      port: 2525,
      isTls: false,
      needsTls: false,
      credentials: null,
    });
    expect(of('smtps://a%40b:p%3A%2F@[2001:db8::1]')).toEqual({
      host: '2001:db8::1',
      port: 465,
      isTls: true,
      needsTls: true,
      credentials: { user: 'a@b', password: 'p:/' },
    });
    expect(of('smtp://a:b@localhost')).toMatchObject({ port: 587, needsTls: false });
    expect(of('')).toBeNull();
  });

  it('requires the address of the links in e-mails with a mail server', () => {
    const SMTP_URL = 'smtp://mail.example';
    expect(problemsOf({ ...testVariables(DATABASE_URL), SMTP_URL })).toEqual(['PUBLIC_URL']);
    expect(problemsOf({ ...testVariables(DATABASE_URL), SMTP_URL, PUBLIC_URL })).toEqual([]);
  });

  it('reads the sender of e-mails', () => {
    const of = (MAIL_FROM: string) => {
      const variables = readEnv({ ...testVariables(DATABASE_URL), MAIL_FROM });
      return new Environment(variables, DATABASE_URL, variables).mailFrom;
    };
    expect(of('')).toEqual({ name: 'Vostro', address: 'no-reply@localhost' });
    expect(of('a@bank.example')).toEqual({ name: '', address: 'a@bank.example' });
    expect(of('"Bank, the" <a@bank.example>')).toEqual({ name: 'Bank, the', address: 'a@bank.example' });
    expect(of('Łódź Bank <a@bank.example>')).toEqual({ name: 'Łódź Bank', address: 'a@bank.example' });
  });

  it('never repeats a secret of a URL that it rejects', () => {
    const SMTP_URL = 'smtp://user:the-secret@mail.example/path';
    expect(() => readEnv({ ...testVariables(DATABASE_URL), SMTP_URL })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('the-secret') }),
    );
  });

  it('requires a server for the migration commands', () => {
    expect(() => readDatabaseUrl({})).toThrow('DATABASE_URL');
    expect(readDatabaseUrl({ DATABASE_URL })).toBe(DATABASE_URL);
  });

  it('drains for 5 seconds by default where a load balancer may exist', () => {
    const of = (more: NodeJS.ProcessEnv) => {
      const variables = { ...testVariables(DATABASE_URL), DRAIN_SECONDS: '', ...more };
      return new Environment(readEnv(variables), DATABASE_URL, testVariables(DATABASE_URL)).drainMs;
    };
    expect([of({}), of({ DATABASE_URL: '' })]).toEqual([5_000, 0]);
    expect(of({ SANDBOX: '1', SANDBOX_TOKEN: 'x'.repeat(32) })).toBe(0);
    expect([of({ DRAIN_SECONDS: '0' }), of({ DRAIN_SECONDS: '20' })]).toEqual([0, 20_000]);
  });

  it('runs a sandbox only with SANDBOX=1, and generates a token when there is no server', () => {
    const of = (variables: NodeJS.ProcessEnv) =>
      new Environment(readEnv(variables), DATABASE_URL, testVariables(DATABASE_URL));
    expect([of({}).isSandbox, of({ SANDBOX: '0' }).isSandbox, of({ SANDBOX: '1' }).isSandbox]).toEqual([
      ...[false, false, true],
    ]);
    expect(of({ SANDBOX_TOKEN: 'x'.repeat(32) }).sandboxToken).toBeNull();
    expect(of({ SANDBOX: '1' }).sandboxToken).not.toBe(of({ SANDBOX: '1' }).sandboxToken);
    expect(problemsOf({ ...testVariables(DATABASE_URL), SANDBOX: '1' })).toEqual(['SANDBOX_TOKEN']);
  });

  it('refuses to start a sandbox on a server that is not declared a sandbox', () => {
    expect(readSandboxEnv({})).toMatchObject({ SANDBOX: '1' });
    expect(() => readSandboxEnv({ ...testVariables(DATABASE_URL) })).toThrow('only with SANDBOX=1');
    expect(() => readSandboxEnv({ ...testVariables(DATABASE_URL), SANDBOX: '0' })).toThrow(
      'only with SANDBOX=1',
    );
    const named = { ...testVariables(DATABASE_URL), SANDBOX: '1', SANDBOX_TOKEN: 'x'.repeat(32) };
    expect(readSandboxEnv(named)).toMatchObject({ DATABASE_URL });
  });
});
