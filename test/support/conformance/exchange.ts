/** A request and its response, as sent over the wire. */
export interface Exchange {
  method: string;
  /** Path and query; any origin before them is ignored. */
  url: string;
  /** By lower-case name. */
  sent: Readonly<Record<string, string>>;
  /** The request body, if any. */
  payload: string | undefined;
  status: number;
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>;
  /** The response body; `undefined` when it was not recorded. */
  text: string | undefined;
}

/** An API's document, and its paths, documented or not. */
export interface ConformingApi {
  name: string;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a document is data
  document: any;
  roots: readonly string[];
}
