/** Base path of the sandbox API. */
export const SANDBOX_PATH = '/sandbox';
