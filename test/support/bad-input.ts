/** Values that no text field of any API accepts, each with its description. */
export const NOT_TEXT: [name: string, value: unknown][] = [
  ['null', null],
  ['a number', 7],
  ['a boolean', true],
  ['a list', ['ZAR']],
  ['an object', { code: 'ZAR' }],
  ['an empty list', []],
];

/** Text that no text field of any API accepts. */
export const BAD_TEXT: [name: string, value: string][] = [
  ['NUL', 'abcde\u0000'],
  ['a control character', 'abc\u0007de'],
  ['a line break', 'abc\nde'],
  ['a lone surrogate', 'abcde\ud800'],
  ['an emoji', 'abcde😀'],
  ['a flag', 'abcde🇿🇦'],
  ['a keycap', 'abcde1️⃣'],
  ['a joined family', 'abcde👩‍👩‍👧'],
  ['very long text', 'a'.repeat(50_000)],
];

/** Bodies that are not a JSON object; all are refused before any field is validated. */
export const BAD_BODIES: [name: string, raw: string | Buffer][] = [
  ['nothing', ''],
  ['half an object', '{"currency":'],
  ['a list', '[]'],
  ['text', '"ZAR"'],
  ['a number', '7'],
  ['null', 'null'],
  ['a trailing comma', '{"currency":"ZAR",}'],
  ['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
  ['a prototype', '{"__proto__":{"admin":true},"currency":"ZAR"}'],
  ['a constructor', '{"constructor":{"prototype":{}},"currency":"ZAR"}'],
  ['a member twice', '{"x":1,"currency":"ZAR","x":1}'],
  ['a member twice, once escaped', '{"currency":"ZAR","curr\\u0065ncy":"USD"}'],
  ['a member twice, far below', '{"currency":"ZAR","x":[{"y":{"z":":","z":null}}]}'],
  ['a very deep list', `{"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
];

export const JSON_TYPE = { 'content-type': 'application/json' };
