/** The APIs whose contracts can be checked. */
export const APIS = ['owner', 'workspace', 'platform'] as const;
export type Api = (typeof APIS)[number];

/** `contract`: promises of the published contract. `strict`: promises of Vostro only. */
export type Level = 'contract' | 'strict';

export interface CheckInfo {
  api: Api;
  /** `<api>/<what>-<status>`, never reused for another clause. */
  name: string;
  /** The clause of the contract that it verifies. */
  sentence: string;
  level: Level;
  /** Does more than create objects: it must be allowed with `--destructive`. */
  isDestructive: boolean;
}

export interface ContractCheck<Session> extends CheckInfo {
  /** @throws ContractFault when the server breaks the clause, Skipped when it cannot be checked */
  run: (session: Session) => Promise<void>;
}

/** A broken clause: what was expected of the server, and what was found. */
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

/** The clause cannot be checked here; the message says why. */
export class Skipped extends Error {}

type Run<Session> = ContractCheck<Session>['run'];
type Define<Session> = (name: string, sentence: string, run: Run<Session>) => ContractCheck<Session>;

/** Defines the checks of one API and level. */
export function defining<Session>(api: Api, level: Level, isDestructive = false): Define<Session> {
  return (name, sentence, run) => ({ api, name: `${api}/${name}`, sentence, level, isDestructive, run });
}
