import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ImportVerdict } from '../../src/cli/import/verdict.js';
import { VerdictFile } from '../../src/cli/import/verdict-file.js';

const ORIGIN = { sha256: 'ab', platform: 'plt_1' };
const REFUSED: Omit<ImportVerdict, 'line' | 'accountIdentifier'> = {
  verdict: 'invalid',
  code: 'validation_failed',
  accountNumber: null,
  message: '-1 is not an identifier',
};

describe('A file of verdicts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vostro-verdicts-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('holds no cell that a spreadsheet runs as a formula, and can be resumed', async () => {
    const path = join(folder, 'verdicts.csv');
    const identifiers = [`=cmd|' /C calc'!A0`, '+1', '-1', '@a', '\tx', ' ＝1', 'acme-usd-1'];
    const file = await VerdictFile.open(path, ORIGIN);
    identifiers.forEach((accountIdentifier, index) => {
      file.append({ ...REFUSED, line: index + 2, accountIdentifier });
    });
    file.close();
    const lines = readFileSync(path, 'utf8').split('\n').slice(1, -1);
    const cell = (text: string): string => (text === 'acme-usd-1' ? text : `"'${text}"`);
    expect(lines).toEqual(
      identifiers.map(
        (text, index) => `${index + 2},${cell(text)},invalid,validation_failed,,"'-1 is not an identifier"`,
      ),
    );
    const again = await VerdictFile.open(path, ORIGIN);
    again.close();
    expect([again.last, again.tally]).toEqual([8, { opened: 0, refused: 0, invalid: 7 }]);
  });
});
