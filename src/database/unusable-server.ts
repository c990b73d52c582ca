/** A server was reached that the statements must not run on; a request gets 503. */
export class UnusableServerError extends Error {}
