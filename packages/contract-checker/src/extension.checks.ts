import { randomUUID } from 'node:crypto';
import type { ApiSession, Request } from './api-session.js';
import { type Api, type ContractCheck, defining } from './check.js';
import type { JsonObject } from './exact-json.js';
import { boolean, type Form, integer, listOf, nullable, objectOf, text, UUID } from './form.js';
import type { HttpResponse } from './http-client.js';

const TOO_LARGE = 64 * 1024;

type Refused = readonly [status: number, code: string];

/** The requests and error codes with which one API expresses Vostro's extensions. */
export interface Extensions<S> {
  /** The successful opening of this run, with its Idempotency-Key. */
  opened: (session: S) => Promise<{ answer: HttpResponse; request: Request }>;
  /** An opening that would succeed. */
  fresh: (session: S) => Promise<Request>;
  /** The path of openings. */
  path: (session: S) => Promise<string>;
  codes: Readonly<
    Record<'keyMalformed' | 'keyReused' | 'duplicate' | 'method' | 'tooLarge' | 'media' | 'path', Refused>
  >;
}

const DRY_RUN: Form = objectOf({
  dryRun: boolean,
  wouldOpen: boolean,
  rules: listOf(
    objectOf({
      rule: text('a rule’s name', /^[a-z_]+\.[a-z_]+$/),
      version: integer,
      passed: boolean,
      reason: text(),
      remedy: nullable(text()),
    }),
  ),
});

/** Checks of Vostro's promises beyond the contracts, for every API. */
export function extensionChecks<S extends ApiSession>(
  api: Api,
  extensions: Extensions<S>,
): ContractCheck<S>[] {
  const parts = [idempotencyChecks, requestChecks, dryRunChecks, serverChecks, headerChecks];
  return parts.flatMap((part) => part(api, extensions));
}

function idempotencyChecks<S extends ApiSession>(
  api: Api,
  { opened, codes }: Extensions<S>,
): ContractCheck<S>[] {
  const strict = defining<S>(api, 'strict');
  return [
    strict(
      'idempotency-replay',
      'The same request under the same Idempotency-Key gets the first answer, byte for byte, marked as replayed.',
      async (session) => {
        const { answer: first, request } = await opened(session);
        const again = await session.sendFor(first.status, ...request);
        if (again.text !== first.text) session.fail(again, first.text, again.text);
        expectHeader(session, again, 'idempotent-replayed', /^true$/);
      },
    ),
    strict(
      'idempotency-key-reused',
      'Another request under the same Idempotency-Key is refused.',
      async (session) => {
        const { request } = await opened(session);
        const [method, path, sent = {}] = request;
        const body = { ...(sent.body as object), another: true };
        expectRefused(session, await session.send(method, path, { ...sent, body }), codes.keyReused);
      },
    ),
  ];
}

function requestChecks<S extends ApiSession>(api: Api, { opened, codes }: Extensions<S>): ContractCheck<S>[] {
  const strict = defining<S>(api, 'strict');
  return [
    strict(
      'idempotency-key-malformed',
      'An Idempotency-Key is 1 to 255 visible ASCII characters.',
      async (session) => {
        const { request } = await opened(session);
        for (const key of ['a b', 'x'.repeat(256)])
          expectRefused(
            session,
            await session.send(...withHeaders(request, { 'idempotency-key': key })),
            codes.keyMalformed,
          );
      },
    ),
    strict(
      'unknown-fields-ignored',
      'Fields that the contract does not know are ignored.',
      async (session) => {
        const { request } = await opened(session);
        const [method, path, sent = {}] = withHeaders(request, {
          'idempotency-key': `again-${session.context.mark}`,
        });
        const body = { ...(sent.body as object), colour: { a: [1] } };
        expectRefused(session, await session.send(method, path, { ...sent, body }), codes.duplicate);
      },
    ),
  ];
}

function dryRunChecks<S extends ApiSession>(api: Api, { opened, fresh }: Extensions<S>): ContractCheck<S>[] {
  const strict = defining<S>(api, 'strict');
  const dryRun = async (
    session: S,
    [method, path, sent = {}]: Request,
    wouldOpen: boolean,
  ): Promise<void> => {
    const answer = await session.sendFor(200, method, `${path}?dryRun=true`, { ...sent, headers: {} });
    session.expectForm(answer, DRY_RUN);
    session.expectSame(answer, 'wouldOpen', (answer.json as JsonObject).wouldOpen, wouldOpen);
  };
  return [
    strict(
      'dry-run-opens-nothing',
      'A dry run says that it would open, twice, so it opens nothing.',
      async (session) => {
        const request = await fresh(session);
        await dryRun(session, request, true);
        await dryRun(session, request, true);
      },
    ),
    strict(
      'dry-run-sees-duplicates',
      'A dry run of what is there already says that it would not open.',
      async (session) => {
        await dryRun(session, (await opened(session)).request, false);
      },
    ),
  ];
}

function serverChecks<S extends ApiSession>(api: Api, { path, codes }: Extensions<S>): ContractCheck<S>[] {
  const strict = defining<S>(api, 'strict');
  return [
    strict(
      'method-not-allowed-405',
      'A method that a path does not know answers 405 with Allow.',
      async (session) => {
        // PUT, not DELETE: a server that supports the method must not lose accounts through this check.
        const answer = await session.send('PUT', await path(session));
        expectRefused(session, answer, codes.method);
        expectHeader(session, answer, 'allow', /\bPOST\b/);
      },
    ),
    strict('body-too-large-413', 'A body of more than 64 KiB answers 413.', async (session) => {
      const answer = await session.send('POST', await path(session), { body: { x: 'x'.repeat(TOO_LARGE) } });
      expectRefused(session, answer, codes.tooLarge);
    }),
    strict('media-type-415', 'A body that is not sent as JSON answers 415.', async (session) => {
      const headers = { 'content-type': 'text/plain' };
      const answer = await session.send('POST', await path(session), { raw: '{}', headers });
      expectRefused(session, answer, codes.media);
    }),
    strict(
      'unknown-path-404',
      'A path that does not exist answers 404 in the form of this API.',
      async (session) => {
        const answer = await session.send('GET', `${await path(session)}/a/b/c`);
        expectRefused(session, answer, codes.path);
        session.expectForm(answer, session.errorForm);
      },
    ),
  ];
}

function headerChecks<S extends ApiSession>(api: Api, { path }: Extensions<S>): ContractCheck<S>[] {
  const strict = defining<S>(api, 'strict');
  return [
    strict('challenge', 'A 401 says how to authenticate, in WWW-Authenticate.', async (session) => {
      const answer = await session.sendFor(401, 'GET', await path(session), { as: {} });
      expectHeader(session, answer, 'www-authenticate', /./);
    }),
    strict(
      'request-id-kept',
      'A request’s own X-Request-Id is kept when it is a uuid, and replaced when not.',
      async (session) => {
        const mine = randomUUID();
        const accounts = await path(session);
        const get = (id: string) => session.send('GET', accounts, { headers: { 'x-request-id': id } });
        expectHeader(session, await get(mine), 'x-request-id', new RegExp(`^${mine}$`));
        expectHeader(session, await get('not-a-uuid'), 'x-request-id', UUID);
      },
    ),
  ];
}

export function expectRefused(session: ApiSession, answer: HttpResponse, [status, code]: Refused): void {
  session.expectStatus(answer, status);
  session.expectSame(answer, 'code', session.codeOf(answer.json), code);
}

export function expectHeader(session: ApiSession, answer: HttpResponse, name: string, form: RegExp): void {
  const value = answer.headers.get(name) ?? 'none';
  if (!form.test(value)) session.fail(answer, `${name} like ${form.source}`, value);
}

/** The same request with these headers instead of its own. */
export function withHeaders([method, path, sent = {}]: Request, headers: Record<string, string>): Request {
  return [method, path, { ...sent, headers }];
}
