/** Where the sandbox is controlled. */
export const SANDBOX_PATH = '/sandbox';
