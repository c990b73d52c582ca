/** One request before serialisation. */
export interface HttpRequest {
  method: 'GET' | 'POST';
  path: string;
  /** Headers besides `host`, `content-type` and `content-length`. */
  headers: Readonly<Record<string, string>>;
  /** JSON text; missing for GET. */
  body?: string;
}
