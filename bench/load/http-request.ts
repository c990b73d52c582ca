/** One request before serialisation. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  path: string;
  /** Beside `host`, `content-type` and `content-length`. */
  headers: Readonly<Record<string, string>>;
  /** JSON text; none for GET. */
  body?: string;
}
