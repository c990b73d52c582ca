import { QueryFailedError } from 'typeorm';
import { toAppError } from '../../src/database/postgres-errors.js';
import { AppError } from '../../src/shared/app-error.js';

const failed = (code: string) =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error('any'), { code }));

describe('A statement that fails', () => {
  it.each([
    ['25006', 'the server only reads'],
    ['25P03', 'the transaction waited too long for its next statement'],
    ['25P04', 'the transaction took too long'],
    ['40001', 'a serialization failure'],
    ['40P01', 'a deadlock'],
    ['53100', 'the disk is full'],
    ['53300', 'there are too many connections'],
    ['55P03', 'a lock was not granted in time'],
    ['57014', 'the statement took too long'],
    ['57P01', 'the server stops'],
    ['58030', 'the system cannot read or write'],
    ['XX000', 'an internal error of the server'],
  ])('of the server with %s is unavailability: %s', (code) => {
    expect(toAppError(failed(code))).toMatchObject({ code: 'service_unavailable' });
  });

  it.each([
    ['22P02', 'a value that is no number'],
    ['23502', 'a value that is missing'],
    ['25P02', 'a statement in an aborted transaction'],
    ['42601', 'a syntax error'],
    ['XX001', 'damaged data'],
  ])('of the program or its data with %s is not: %s', (code) => {
    expect(toAppError(failed(code))).not.toBeInstanceOf(AppError);
  });
});
