import { parse } from 'csv-parse/sync';
import { toCsvLine } from '../../src/shared/csv.js';

const cellsOf = (line: string): string[] | undefined => parse(line)[0];

describe('A line of CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1+1', '＋1', '－1', '＠A1', '﹦1+1'])(
    'quotes %j, which a spreadsheet would run as a formula, as text',
    (text) => {
      expect(toCsvLine([text], '\n')).toBe(`"'${text}"\n`);
    },
  );

  it.each([' =1+1', '\0=1+1', '\u00a0=1+1', '\ufeff=1+1', '\u200b\u2003＝1+1', '\0 \0+1'])(
    'quotes %j, whose first characters spreadsheets drop, as text',
    (text) => {
      expect(toCsvLine([text], '\n')).toBe(`"'${text}"\n`);
    },
  );

  it.each(['', 'a=b', 'acme-usd-1', "'=1", '{"a":"=1"}', '1-1', ' rent', '(-1)'])(
    'leaves %j unchanged',
    (text) => {
      expect(cellsOf(toCsvLine([text, 'end'], '\n'))).toEqual([text, 'end']);
    },
  );

  it('writes numbers as numbers, and accepts no text as a number', () => {
    const line = toCsvLine([-1, 0, { digits: '-0.50' }, { digits: '1000000000000.01' }], '\r\n');
    expect(line).toBe('-1,0,-0.50,1000000000000.01\r\n');
    for (const digits of ['=1', '-1+1', '', '1e3', '-1\n', '1,5'])
      expect(() => toCsvLine([{ digits }], '\n')).toThrow('in digits');
  });

  it('quotes characters that another program could take for the end of a cell', () => {
    expect(toCsvLine(['a,b', 'a;=1', 'a\t=1', 'a"b', 'a\r\nb', null], '\n')).toBe(
      '"a,b","a;=1","a\t=1","a""b","a\r\nb",\n',
    );
  });
});
