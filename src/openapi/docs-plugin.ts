/* eslint-disable -- runs in the browser: it is sent as text and must stand alone */
// What Swagger UI needs to show the admin document as the role that is authorised may see it.

/** Sends the stored authorisation with the request for the admin document. */
export function withRole(request: any): any {
  if (!/\/openapi\/admin\.json$/.test(String(request.url))) return request;
  const stored = JSON.parse((globalThis as any).localStorage.getItem('authorized') ?? '{}');
  const token = stored.oauth2?.token?.access_token ?? stored.bearer?.value;
  if (token) request.headers['Authorization'] = 'Bearer ' + token;
  else if (stored.apiKey?.value && stored.apiSecret?.value) {
    request.headers['X-API-KEY'] = stored.apiKey.value;
    request.headers['X-API-SECRET'] = stored.apiSecret.value;
  }
  return request;
}

/** Fetches the admin document again whenever the authorisation changes. */
export function RoleAwareDocument(): any {
  const refetchAfter = (original: any, system: any) => (payload: any) => {
    const result = original(payload);
    const url = system.specSelectors.url();
    // After Swagger UI has stored what was authorised.
    if (/\/openapi\/admin\.json$/.test(url)) setTimeout(() => system.specActions.download(url), 0);
    return result;
  };
  return {
    statePlugins: {
      auth: {
        wrapActions: {
          authorizeWithPersistOption: refetchAfter,
          authorizeOauth2WithPersistOption: refetchAfter,
          logoutWithPersistOption: refetchAfter,
        },
      },
    },
  };
}
