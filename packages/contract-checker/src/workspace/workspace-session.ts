import {
  ApiSession,
  type RequestHeaders,
  type Request,
  type RunContext,
  type SentRequest,
} from '../api-session.js';
import { Skipped } from '../check.js';
import { isObject, type Json, type JsonObject } from '../exact-json.js';
import { filled, objectOf } from '../form.js';
import type { HttpResponse, HttpCall } from '../http-client.js';

export const ACCOUNTS = '/accounts';
export const PRODUCTS = '/products';
export const TOKENS = '/sessions/tokens';
/** Name of the workspace header; the access token is sent as a bearer token. */
export const WORKSPACE_ID = 'workspace-id';

/** A workspace with an access token, which was given or obtained with the refresh token. */
export interface OpenWorkspace {
  workspaceId: string;
  accessToken: string;
  refreshToken: string | null;
}

export interface WorkspaceParties {
  main: OpenWorkspace;
  /** The workspace, or the reason why there is none. */
  pending: OpenWorkspace | string;
  productId: number | null;
}

export interface WorkspaceAccount {
  answer: HttpResponse;
  json: JsonObject;
  productId: number;
  alias: string;
}

/** A session with the workspace API, in one workspace. */
export class WorkspaceSession extends ApiSession {
  readonly api = 'workspace';
  readonly errorForm = objectOf({ errorCode: filled, message: filled });

  constructor(
    context: RunContext,
    readonly parties: WorkspaceParties,
  ) {
    super(context);
  }

  protected caller(): RequestHeaders {
    return toHeaders(this.parties.main);
  }

  /** @throws Skipped when the credentials of such a workspace are missing */
  pending(): OpenWorkspace {
    const { pending } = this.parties;
    if (typeof pending === 'string') throw new Skipped(pending);
    return pending;
  }

  codeOf(json: Json | undefined): string {
    return isObject(json) && typeof json.errorCode === 'string' ? json.errorCode : 'none';
  }

  protected madeBy({ method, path, body }: HttpCall, answer: HttpResponse | null) {
    if (method !== 'POST' || path !== ACCOUNTS) return null;
    const { productID, alias } = isObject(body as Json)
      ? (body as { productID?: number; alias?: string })
      : {};
    const name = `of product ${String(productID)} with alias ${JSON.stringify(alias ?? '')}`;
    if (answer === null) return { kind: 'account', id: name };
    if (answer.status !== 200 && answer.status !== 201) return null;
    const id =
      isObject(answer.json) && answer.json.id !== undefined ? JSON.stringify(answer.json.id) : 'without id';
    return { kind: 'account', id: `${id} ${name}` };
  }

  /** An alias that is unique to this run. */
  alias(what: string): string {
    return `contract check ${this.context.mark} ${what}`;
  }

  /** The request that opens an account of the run's product. */
  async opening(alias: string, sent: SentRequest = {}): Promise<Request> {
    return ['POST', ACCOUNTS, { body: { productID: await this.productId(), alias }, ...sent }];
  }

  async openedRequest(): Promise<Request> {
    // Only Vostro supports the key, and only strict checks rely on it.
    const headers = this.context.isStrict
      ? { headers: { 'idempotency-key': `check-${this.context.mark}` } }
      : {};
    return this.opening(this.alias('one'), headers);
  }

  /** The account that this run opened. */
  async opened(): Promise<WorkspaceAccount> {
    return this.once('an account opened by this run', async () => {
      const answer = await this.sendFor(200, ...(await this.openedRequest()));
      if (!isObject(answer.json)) this.fail(answer, 'an account', answer.text);
      return { answer, json: answer.json, productId: await this.productId(), alias: this.alias('one') };
    });
  }

  /** The product of the openings: the named one, otherwise the first of the list. */
  async productId(): Promise<number> {
    if (this.parties.productId !== null) return this.parties.productId;
    return this.once('a product', async () => {
      const answer = await this.sendFor(200, 'GET', PRODUCTS);
      const [first] = Array.isArray(answer.json) ? answer.json : [];
      if (first === undefined) throw new Skipped('needs a product: GET /products lists none');
      return Number(isObject(first) ? JSON.stringify(first.id) : NaN);
    });
  }

  /** The accounts of the workspace, as the API returns them. */
  async listed(): Promise<{ answer: HttpResponse; items: JsonObject[] }> {
    const answer = await this.sendFor(200, 'GET', ACCOUNTS);
    if (!Array.isArray(answer.json)) this.fail(answer, 'a bare array', answer.text);
    return { answer, items: answer.json.filter(isObject) };
  }
}

export function toHeaders({ workspaceId, accessToken }: OpenWorkspace): RequestHeaders {
  return { authorization: `Bearer ${accessToken}`, [WORKSPACE_ID]: workspaceId };
}
