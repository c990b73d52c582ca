import type { ApiSession } from './api-session.js';
import { type Api, type ContractCheck, defining, Skipped } from './check.js';
import type { CheckRule } from './findings.js';

/**
 * Checks of every response of the conversation, so they run last.
 * @param provoke requests some responses of each kind, for a run with few other checks
 */
export function everyAnswerChecks<S extends ApiSession>(
  api: Api,
  provoke: (session: S) => Promise<unknown>,
): ContractCheck<S>[] {
  const looking = (rule: CheckRule) => async (session: S) => {
    await session.once('some answers', () => provoke(session));
    if (session.findings.count(rule) === 0) throw new Skipped('no answer of this kind came');
    session.findings.assert(rule);
  };
  const contract = defining<S>(api, 'contract');
  const strict = defining<S>(api, 'strict');
  return [
    contract('no-secret-echoed', 'No answer repeats a key, a secret or a token.', looking('secrets')),
    contract(
      'no-server-error',
      'What a client does wrong, and what business refuses, is never a status of 500 or above.',
      looking('server-errors'),
    ),
    contract('answers-are-json', 'Every answer is application/json.', looking('json')),
    contract(
      'error-body',
      'Every refusal has the error body of this API, and of no other.',
      looking('error-form'),
    ),
    strict('request-id', 'Every answer carries X-Request-Id.', looking('request-id')),
    strict('retry-after', '429 and 503 say when to try again, in Retry-After.', looking('retry-after')),
  ];
}
