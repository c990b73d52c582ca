import type { DataSource } from 'typeorm';
import { assertVersion } from '../../src/database/server-version.js';

const serverOf = (number: number, version: string): DataSource =>
  ({ query: () => Promise.resolve([{ number, version }]) }) as unknown as DataSource;

describe('A database server', () => {
  it.each([
    [120_022, '12.22'],
    [90_624, '9.6.24'],
  ])('that is too old stops the start: %i', async (number, version) => {
    await expect(assertVersion(serverOf(number, version))).rejects.toThrow(
      `DATABASE_URL leads to PostgreSQL ${version}: 13 or later is needed`,
    );
  });

  it.each([130_000, 180_004])('that is recent enough is used: %i', async (number) => {
    await expect(assertVersion(serverOf(number, 'any'))).resolves.toBeUndefined();
  });
});
