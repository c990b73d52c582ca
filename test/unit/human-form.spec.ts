import { Writable } from 'node:stream';
import { humanForm } from '../../src/server/logging/human-form.js';

const noTerminal = new Writable();
const form = (line: object) => humanForm(JSON.stringify(line), noTerminal);
const AT = '2026-01-02T03:04:05.678Z';

describe('A line of the log on a terminal', () => {
  it('shows time, level, source and message, then the fields', () => {
    const line = { level: 'warn', time: AT, pid: 7, hostname: 'h', context: 'Mailer', requestId: 'r1', n: 2 };
    expect(form({ ...line, msg: 'not sent' })).toBe(`${AT} WARN  Mailer: not sent requestId=r1 n=2\n`);
  });

  it('shows the stack of an error below', () => {
    const err = { type: 'Error', message: 'no', stack: 'Error: no\n    at here' };
    expect(form({ level: 'error', time: AT, msg: 'no', err })).toBe(
      `${AT} ERROR no\nError: no\n    at here\n`,
    );
  });

  it('writes no control character of a message to the terminal', () => {
    expect(form({ level: 'info', time: AT, msg: 'a\u001b[2Jb', name: '\u009b1m' })).toBe(
      `${AT} INFO  a\\u001b[2Jb name=\\u009b1m\n`,
    );
  });
});
