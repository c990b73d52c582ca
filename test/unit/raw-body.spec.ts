import { readJsonLine, readJsonObject } from '../../src/http/raw-body.js';

const JSON_HEADERS = { 'content-type': 'application/json' };
const asBody = (text: string): object => readJsonObject({ body: Buffer.from(text), headers: JSON_HEADERS });
const asLine = (text: string): object => readJsonLine(Buffer.from(text));

/** Each has a duplicate member. */
const REPEATED = [
  '{"amount":1,"amount":2}',
  '{"amount":1,"amount":1}',
  '{"amount":1,"amo\\u0075nt":2}',
  '{"\\u0061":1,"a":2}',
  '{"a\\/b":1,"a/b":2}',
  '{"":1,"":2}',
  '{"a":{"b":{"c":1,"c":2}}}',
  '{"a":[1,{"b":1},{"c":1,"c":2}]}',
  '{"a":{"lost":{"with":"all"},"it":":"},"a":1}',
  '{"a":":","a":"\\":"}',
  '{"a":":::","b":"{\\"c\\":1}","a":"https://x:1/"}',
  '{"amount":123456789.123456789,"amount":2}',
  '{"amount":123456789.123456789,"a":":","amount":123456789.123456789}',
  '{"1":1,"1":2}',
  '{ "a" : 1 , "a" : 2 }',
];

/** None has a duplicate member, though their texts contain quotes, colons and braces. */
const PLAIN = [
  '{}',
  '{"a":1,"A":2}',
  '{"a":"a","b":"a"}',
  '{"a":":","b":"::\\":\\\\","\\\\":"\\\\\\":"}',
  '{"a:b":1,"a":{"a:b":2}}',
  '{"a":[{"a":1},{"a":2}],"b":{"a":3}}',
  '{"at":"2026-01-01T00:00:00Z","amount":123456789.123456789,"list":[1e2,{"x":0.1234567890123456}]}',
  '{"é":1,"e\u0301":2}',
  '{"text":"{\\"a\\":1,\\"a\\":2}"}',
];

describe.each([
  ['a body', asBody],
  ['a line', asLine],
])('The JSON of %s', (_what, read) => {
  it.each(REPEATED)('is refused when a member occurs twice: %s', (text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'body_malformed' }));
  });

  it('is refused before it is parsed when it has more than 4,000 members', () => {
    const named = (count: number) => Array.from({ length: count }, (_, n) => `"k${n}":":"`).join(',');
    const [some, many] = [`{"a":[{${named(3_998)}}]}`, `{"a":[{${named(4_000)}}]}`];
    expect(Object.keys(read(some))).toEqual(['a']);
    expect(() => read(many)).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
    expect(() => read(`${many}}`)).toThrow(expect.objectContaining({ code: 'payload_too_large' }));
  });

  it.each(PLAIN)('is read when none does: %s', (text) => {
    expect(Object.keys(read(text))).toEqual(Object.keys(JSON.parse(text) as object));
  });
});
