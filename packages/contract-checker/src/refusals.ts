import type { ApiSession, Request } from './api-session.js';
import { type Api, type ContractCheck, defining } from './check.js';
import { UUID } from './form.js';
import type { HttpResponse } from './http-client.js';

/** Requests that must all get the same error. */
export interface ContractRefusal<S> {
  name: string;
  sentence: string;
  status: number;
  /** Vostro's error code; if it is given, a strict check verifies it. */
  code?: string;
  isDestructive?: boolean;
  requests: (session: S) => readonly Request[] | Promise<readonly Request[]>;
}

/** For each refusal a check of its status and, if its code is known, a strict check of the code. */
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

/** The response without the parts that differ between any two: request ids and times. */
export function gist({ status, text }: HttpResponse): string {
  return `${status} ${text.replace(ANY_UUID, '<id>').replace(ANY_TIME, '<time>')}`;
}

/** The requests must get identical responses, so that a response does not reveal how close a guess was. */
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
