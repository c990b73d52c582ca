import type { Admission, Objection } from './admission.js';

/**
 * One request's stay. It ends when its answer was made _and_ the answer's bytes are out or its connection is gone,
 * whichever comes last: work goes on for callers who have hung up.
 */
export class Visit {
  private isInside = false;
  private isAnswered = false;
  private isGone = false;

  /**
   * @param presented digest of the credentials of the request; `null`: none
   * @param holder whose it is, as far as is known
   */
  constructor(
    private readonly admission: Admission,
    readonly presented: string | null,
    private holder: string,
  ) {}

  enter(): Objection | null {
    const objection = this.admission.enter(this.holder);
    this.isInside = objection === null;
    return objection;
  }

  /** Somebody proved whose it is. */
  prove(holder: string): Objection | null {
    const objection = this.isInside ? this.admission.move(this.holder, holder) : null;
    if (objection === null) this.holder = holder;
    return objection;
  }

  answered(): void {
    this.isAnswered = true;
    this.endIfOver();
  }

  /** @param isAnswered whether somebody else wrote the answer, past `answered` */
  gone(isAnswered: boolean): void {
    this.isGone = true;
    this.isAnswered ||= isAnswered;
    this.endIfOver();
  }

  private endIfOver(): void {
    if (!this.isInside || !this.isAnswered || !this.isGone) return;
    this.isInside = false;
    this.admission.leave(this.holder);
  }
}
