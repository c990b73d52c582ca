import { type Api, APIS } from '../check.js';
import { apisOf, type Choices, type RunOptions } from '../contract-run.js';
import { type Credentials, CredentialsError, readCredentials, VARIABLES } from '../credentials.js';
import { CheckerUsageError } from './shell.js';

const LONGEST_TIMEOUT_SECONDS = 600;
const MS = 1_000;

/** The options as entered. */
export interface ContractOptions {
  baseUrl?: string;
  api?: string[];
  credentials?: string;
  only?: string[];
  strict?: boolean;
  destructive?: boolean;
  currency?: string[];
  product?: string;
  fundedAccount?: string;
  timeout: string;
  junit?: string;
  list?: boolean;
}

/** @throws CheckerUsageError */
export function toChoices({
  api,
  only = [],
  strict,
  destructive,
  list,
}: ContractOptions): Choices & { apis: Api[] } {
  return {
    apis: api === undefined ? [...APIS] : toApis(api),
    only,
    isStrict: strict === true,
    // Listing the checks changes nothing, so it includes all of them.
    isDestructive: destructive === true || list === true,
  };
}

/**
 * @param file text of the credentials file; `null`: no file was named
 * @throws CheckerUsageError
 */
export function toRunOptions(
  options: ContractOptions,
  file: string | null,
  variables: NodeJS.ProcessEnv,
): RunOptions {
  const credentials = toCredentials(file, variables);
  const choices = toChoices(options);
  const apis = options.api === undefined ? apisOf(credentials) : choices.apis;
  if (apis.length === 0)
    throw new CheckerUsageError('there are no credentials: give --credentials, or variables');
  const missing = apis.find((api) => credentials[api] === null);
  if (missing !== undefined) throw new CheckerUsageError(`there are no credentials for the ${missing} API`);
  const { currency, product, fundedAccount, timeout } = options;
  return {
    ...choices,
    apis,
    credentials,
    baseUrl: toBaseUrl(options.baseUrl ?? credentials.baseUrl),
    currencies: currency === undefined ? null : toCurrencies(currency),
    productId: product === undefined ? null : toPositive('--product', product, Number.MAX_SAFE_INTEGER),
    fundedAccount: fundedAccount ?? null,
    timeoutMs: toPositive('--timeout', timeout, LONGEST_TIMEOUT_SECONDS) * MS,
  };
}

function toApis(names: readonly string[]): Api[] {
  const unknown = names.find((name) => !APIS.includes(name as Api));
  if (unknown !== undefined) throw new CheckerUsageError(`--api must be of ${APIS.join(', ')}`);
  // In the usual order, without repetitions, regardless of the order on the command line.
  return APIS.filter((api) => names.includes(api));
}

function toCredentials(file: string | null, variables: NodeJS.ProcessEnv): Credentials {
  try {
    return readCredentials(file, variables);
  } catch (error) {
    if (error instanceof CredentialsError) throw new CheckerUsageError(error.message);
    throw error;
  }
}

function toBaseUrl(text: string | null): string {
  if (text === null)
    throw new CheckerUsageError(
      `--base-url is missing, and there is none in the credentials or in ${VARIABLES.baseUrl}`,
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain =
    url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!isPlain || !['http:', 'https:'].includes(url.protocol))
    throw new CheckerUsageError(
      '--base-url must be an http:// or https:// address, without credentials or query',
    );
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function toCurrencies(codes: readonly string[]): string[] {
  if (!codes.every((code) => /^[A-Za-z0-9]{3,10}$/.test(code)))
    throw new CheckerUsageError('--currency must be currency codes, separated by commas');
  return codes.map((code) => code.toUpperCase());
}

function toPositive(option: string, text: string, most: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > most)
    throw new CheckerUsageError(`${option} must be an integer from 1 to ${most}`);
  return value;
}
