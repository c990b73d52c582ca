import type { Api } from './check.js';

/** An object that a run left on the server. */
export interface Created {
  api: Api;
  /** Such as `account`. */
  kind: string;
  /** The server's name of the object, as far as it is known. */
  id: string;
  /** The server did not respond, so it is unknown whether the object was created. */
  isUncertain: boolean;
}

/** The objects that a run left on the server, without repetitions. */
export class CreatedThings {
  private readonly things = new Map<string, Created>();

  add(thing: Created): void {
    const key = `${thing.api} ${thing.kind} ${thing.id}`;
    if (!this.things.has(key)) this.things.set(key, thing);
  }

  /** Removes an object that no longer exists. */
  remove(api: Api, kind: string, id: string): void {
    this.things.delete(`${api} ${kind} ${id}`);
  }

  all(): Created[] {
    return [...this.things.values()];
  }
}
