/* eslint-disable -- runs in the browser: it is sent as text and must not import anything */
// Plugins of Swagger UI: the admin document by role, credentials in the tab, one credential per call, no value chosen
// for the user.

/** Sends the stored authorisation with the request for the admin document. */
export function withRole(request: any): any {
  if (!/\/openapi\/admin\.json$/.test(String(request.url))) return request;
  const stored = JSON.parse((globalThis as any).sessionStorage.getItem('authorized') ?? '{}');
  const token = stored.adminOauth2?.token?.access_token ?? stored.adminBearer?.value;
  if (token) request.headers['Authorization'] = 'Bearer ' + token;
  else if (stored.adminApiKey?.value && stored.adminApiSecret?.value) {
    request.headers['X-API-KEY'] = stored.adminApiKey.value;
    request.headers['X-API-SECRET'] = stored.adminApiSecret.value;
  }
  return request;
}

/**
 * Keeps what was authorised in sessionStorage: over a reload, and until the tab is closed. Swagger UI itself writes it
 * to localStorage, where secrets stay. The padlock of the Authorize button is that of the document shown.
 */
export function TabStorage(): any {
  const { sessionStorage, localStorage } = globalThis as any;
  const NAME = 'authorized';
  return {
    statePlugins: {
      configs: {
        wrapActions: {
          loaded: (original: any, system: any) => (payload: any) => {
            // Earlier versions of this page stored them there.
            localStorage.removeItem(NAME);
            const stored = sessionStorage.getItem(NAME);
            if (stored) system.authActions.restoreAuthorization({ authorized: JSON.parse(stored) });
            return original(payload);
          },
        },
      },
      auth: {
        wrapActions: {
          persistAuthorizationIfNeeded: (_original: any, system: any) => () => {
            sessionStorage.setItem(NAME, JSON.stringify(system.authSelectors.authorized().toJS()));
          },
        },
      },
    },
    wrapComponents: {
      authorizeBtn: (Original: any, system: any) => (props: any) => {
        const authorized = system.authSelectors.authorized();
        const schemes = system.authSelectors.definitionsToAuthorize();
        const isAuthorized = schemes.some((one: any) =>
          one.keySeq().some((name: any) => authorized.has(name)),
        );
        return system.React.createElement(Original, Object.assign({}, props, { isAuthorized }));
      },
    },
  };
}

/**
 * Sends a call with one credential, the first that the operation takes and that is authorised; the server refuses a call
 * with two. A token that the server refuses has ended: it is dropped, the call is sent again with the next credential,
 * and where there is none the page says so in its Authorize dialog.
 */
export function OneCredential(): any {
  const MESSAGE = 'This token has expired or was revoked. Log in again.';
  const chosenOf = (requirements: any[], authorized: any) => {
    const isMet = (requirement: any) => Object.keys(requirement).every((name) => authorized[name]);
    const names = Object.keys(requirements.find((one) => Object.keys(one).length > 0 && isMet(one)) ?? {});
    return Object.fromEntries(names.map((name) => [name, authorized[name]]));
  };
  const isToken = ({ schema, token }: any) => token !== undefined || schema?.scheme === 'bearer';
  const executeRequest = (original: any, system: any) => async (request: any) => {
    const requirements = request.operation.toJS().security ?? [];
    for (;;) {
      const chosen = chosenOf(requirements, system.authSelectors.authorized()?.toJS() ?? {});
      const securities = Object.assign({}, request.securities, { authorized: chosen });
      const answered = await original(Object.assign({}, request, { securities }));
      const status = system.specSelectors.responseFor(request.pathName, request.method)?.get('status');
      const ended = Object.keys(chosen).filter((name) => isToken(chosen[name]));
      if (status !== 401 || ended.length === 0) return answered;
      system.authActions.logoutWithPersistOption(ended);
      const left = chosenOf(requirements, system.authSelectors.authorized()?.toJS() ?? {});
      if (Object.keys(left).length > 0) continue;
      for (const authId of ended)
        system.errActions.newAuthErr({ authId, level: 'error', source: 'auth', message: MESSAGE });
      system.authActions.showDefinitions(system.authSelectors.definitionsToAuthorize());
      return answered;
    }
  };
  const clearedBefore = (original: any, system: any) => (payload: any) => {
    system.errActions.clear({ source: 'auth' });
    return original(payload);
  };
  return {
    statePlugins: {
      spec: { wrapActions: { executeRequest } },
      auth: {
        wrapActions: {
          authorizeWithPersistOption: clearedBefore,
          authorizeOauth2WithPersistOption: clearedBefore,
        },
      },
    },
  };
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
 * Leaves a required choice unmade until a person makes it. Swagger UI would take the first value, so that an
 * untouched form freezes an account; without a value it does not send, and marks the field.
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
