const { ChildProcess } = require('node:child_process');
const { Server } = require('node:net');

/**
 * What a test file left open because one of its hooks failed: programs that it started and servers that listen. A
 * program would outlive the run; one that has inherited the standard error of a worker also keeps Jest waiting for it.
 */
function openHandles() {
  // Node has no documented function that returns them.
  return process._getActiveHandles().filter((handle) => isRunning(handle) || isListening(handle));
}

/** A server that was closed stays a handle until its last connection has ended. */
function isListening(handle) {
  return handle instanceof Server && handle.listening;
}

function isRunning(handle) {
  return handle instanceof ChildProcess && handle.exitCode === null && handle.signalCode === null;
}

/** @param known handles of before, which are left open. @returns a line for each handle that was ended */
function endHandles(known = []) {
  return openHandles()
    .filter((handle) => !known.includes(handle))
    .map((handle) => (handle instanceof ChildProcess ? endProgram(handle) : endServer(handle)));
}

function endProgram(child) {
  child.kill('SIGKILL');
  return `the program ${child.spawnargs.join(' ')} (process ${child.pid})`;
}

function endServer(server) {
  const { port } = server.address() ?? {};
  server.close();
  server.closeAllConnections?.();
  return `a server on port ${port}`;
}

module.exports = { openHandles, endHandles };
