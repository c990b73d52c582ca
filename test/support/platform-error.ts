import type { TestResponse } from './world.js';

/** RFC 3339 in UTC with milliseconds. */
export const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);

/** Asserts the error body of the platform API, and the keys of its items. */
export function expectPlatformError(
  answer: TestResponse,
  i18nKey: string,
  items: [path: string, i18nKey: string][] = [],
): void {
  const status = Number(i18nKey.slice(0, 3));
  const { errors, ...body } = answer.body as { errors: { path: string; i18nKey: string }[] };
  expect({ status: answer.status, body }).toEqual({
    status,
    body: {
      timestamp: TIME,
      requestId: answer.headers['x-request-id'],
      path: expect.stringMatching(/^\//),
      httpCode: status,
      httpPhrase: expect.stringMatching(/./),
      i18nKey,
      message: expect.stringMatching(/./),
    },
  });
  expect(errors.map((item) => [item.path, item.i18nKey])).toEqual(items);
  for (const item of errors) {
    expect(Object.keys(item).sort()).toEqual(['constraint', 'i18nKey', 'invalidValue', 'message', 'path']);
  }
}
