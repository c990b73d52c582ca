/** The contracts that can be checked. */
export const APIS = ['owner', 'workspace', 'platform'] as const;
export type Api = (typeof APIS)[number];

/** `contract`: what the published contract says. `strict`: what only Vostro promises. */
export type Level = 'contract' | 'strict';

export interface CheckInfo {
  api: Api;
  /** `<api>/<what>-<status>`, never reused for another clause. */
  name: string;
  /** The clause of the contract that it verifies. */
  sentence: string;
  level: Level;
  /** Does more than creating: needs to be allowed. */
  isDestructive: boolean;
}

export interface ContractCheck<Session> extends CheckInfo {
  /** @throws Fault when the server breaks the clause, Skipped when it cannot be looked at */
  run: (session: Session) => Promise<void>;
}

/** What was expected of the server, and what came. */
export class ContractFault extends Error {
  constructor(
    readonly expected: string,
    readonly found: string,
    /** The request, without its headers. */
    readonly call = '',
  ) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** The clause cannot be looked at here; the message says why. */
export class Skipped extends Error {}

type Run<Session> = ContractCheck<Session>['run'];
type Define<Session> = (name: string, sentence: string, run: Run<Session>) => ContractCheck<Session>;

/** A way to write down the checks of one API and level, a line each. */
export function defining<Session>(api: Api, level: Level, isDestructive = false): Define<Session> {
  return (name, sentence, run) => ({ api, name: `${api}/${name}`, sentence, level, isDestructive, run });
}
