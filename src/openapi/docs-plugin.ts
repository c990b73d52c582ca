/* eslint-disable -- runs in the browser: it is sent as text and must stand alone */
// What Swagger UI needs to show the admin document as the role that is authorised may see it, and to choose nothing itself.

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

/**
 * Leaves a required choice unmade until a person makes it. Swagger UI would take the first value, so that a form that
 * nobody touched freezes an account; without a value it does not send, and marks the field.
 */
export function UnmadeChoices(): any {
  const isChoice = (parameter: any) =>
    parameter.get('required') &&
    parameter.getIn(['schema', 'enum']) !== undefined &&
    parameter.getIn(['schema', 'default']) === undefined;
  return {
    statePlugins: {
      spec: {
        wrapSelectors: {
          // The first value is taken where there is `undefined`; `null` is a field that was emptied.
          parameterWithMetaByIdentity:
            (original: any) =>
            (_state: any, ...given: any[]) => {
              const parameter = original(...given);
              const isUnmade = parameter && isChoice(parameter) && parameter.get('value') === undefined;
              return isUnmade ? parameter.set('value', null) : parameter;
            },
        },
      },
    },
    wrapComponents: {
      // A list of values shows `--` first where none is required.
      JsonSchema_string: (Original: any, system: any) => (props: any) =>
        system.React.createElement(
          Original,
          Object.assign({}, props, { required: props.required && Boolean(props.value) }),
        ),
    },
  };
}
