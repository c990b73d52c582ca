/** A request and its answer, as they went over the wire. */
export interface Exchange {
  method: string;
  /** Path and query; the origin is ignored. */
  url: string;
  /** By lower-case name. */
  sent: Readonly<Record<string, string>>;
  /** What was sent, when there was a body. */
  payload: string | undefined;
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** The response body; `undefined` when it was not captured. */
  text: string | undefined;
}

/** An API's document, and the paths that are its own, documented or not. */
export interface ConformingApi {
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is data
  document: any;
  roots: readonly string[];
}
