import helmet from 'helmet';

/**
 * helmet's headers, which are the same on every response: computed once, because computing them per response took as
 * long as looking up an account.
 */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = headersOf(
  helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        // Swagger UI sets style attributes.
        styleSrc: ["'self'", "'unsafe-inline'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
        baseUri: ["'self'"],
      },
    },
    // Whether a proxy in front serves TLS for its whole host is not known here.
    strictTransportSecurity: false,
  }),
);

function headersOf(middleware: ReturnType<typeof helmet>): Record<string, string> {
  const headers: Record<string, string> = {};
  const answer = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: () => undefined,
  };
  let failure: unknown;
  // helmet reads the request only for a policy that is given as a function; none is.
  middleware({} as never, answer as never, (error?: unknown) => (failure = error));
  if (failure !== undefined) throw failure as Error;
  return headers;
}
