import type { ApiSession, Request } from './api-session.js';
import { type Api, type ContractCheck, defining } from './check.js';
import { UUID } from './form.js';
import type { HttpResponse } from './http-client.js';

/** Requests that are all refused in one way. */
export interface ContractRefusal<S> {
  name: string;
  sentence: string;
  status: number;
  /** By which Vostro names the refusal; then there is a strict check of it, too. */
  code?: string;
  isDestructive?: boolean;
  requests: (session: S) => readonly Request[] | Promise<readonly Request[]>;
}

/** For each refusal a check of its status, and where its code is known a strict one of that. */
export function refusalChecks<S extends ApiSession>(
  api: Api,
  refusals: readonly ContractRefusal<S>[],
): ContractCheck<S>[] {
  return refusals.flatMap(({ name, sentence, status, code, requests, isDestructive = false }) => {
    const refused = async (session: S): Promise<HttpResponse[]> => {
      const answers: HttpResponse[] = [];
      for (const request of await requests(session)) answers.push(await session.sendFor(status, ...request));
      return answers;
    };
    const check = defining<S>(api, 'contract', isDestructive)(
      `${name}-${status}`,
      `${sentence} answers ${status}.`,
      async (session) => {
        await refused(session);
      },
    );
    if (code === undefined) return [check];
    const named = defining<S>(api, 'strict', isDestructive)(
      `${name}-${status}-code`,
      `${sentence} is named ${code}.`,
      async (session) => {
        for (const answer of await refused(session))
          session.expectSame(answer, 'code', session.codeOf(answer.json), code);
      },
    );
    return [check, named];
  });
}

const ANY_UUID = new RegExp(UUID.source.replace(/^\^|\$$/g, ''), 'gi');
const ANY_TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?/g;

/** What an answer says, without what differs between any two: ids of requests, and times. */
export function gist({ status, text }: HttpResponse): string {
  return `${status} ${text.replace(ANY_UUID, '<id>').replace(ANY_TIME, '<time>')}`;
}

/** The requests must get identical responses, which reveal nothing about how close each was. */
export async function expectOneAnswer(
  session: ApiSession,
  requests: readonly Request[],
  isAlike: (answer: HttpResponse) => string = gist,
): Promise<void> {
  let first: HttpResponse | undefined;
  for (const request of requests) {
    const answer = await session.send(...request);
    first ??= answer;
    if (isAlike(answer) !== isAlike(first)) session.fail(answer, `the same as ${gist(first)}`, gist(answer));
  }
}
