import type { Api } from './check.js';

/** Something a run left on the server. */
export interface Created {
  api: Api;
  /** Such as `account`. */
  kind: string;
  /** By which the server knows it, as far as it said. */
  id: string;
  /** The server did not respond, so the result is unknown. */
  isUncertain: boolean;
}

/** What a run left on the server, each thing once. */
export class CreatedThings {
  private readonly things = new Map<string, Created>();

  add(thing: Created): void {
    const key = `${thing.api} ${thing.kind} ${thing.id}`;
    if (!this.things.has(key)) this.things.set(key, thing);
  }

  /** It is not there any more. */
  remove(api: Api, kind: string, id: string): void {
    this.things.delete(`${api} ${kind} ${id}`);
  }

  all(): Created[] {
    return [...this.things.values()];
  }
}
