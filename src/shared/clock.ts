/** The time, as an injected part, so that a test can stand at any moment. */
export class Clock {
  now(): Date {
    return new Date();
  }
}
