const { endHandles } = require('./leftovers/open-handles.cjs');

/** A run that is over, its teardown included, ends within this time. */
const LIMIT_MS = 5_000;

/**
 * Ends the process when something that a test left open, such as a start that outlasted its hook, keeps it running.
 * Jest itself would wait for ever.
 */
module.exports = ({ watch, watchAll }) => {
  if (watch || watchAll) return;
  setTimeout(() => {
    const open = [...endHandles(), ...process.getActiveResourcesInfo()];
    process.stderr.write(`The run ended with open resources, and so it failed: ${open.join(', ')}\n`);
    process.exit(1);
  }, LIMIT_MS).unref();
};
