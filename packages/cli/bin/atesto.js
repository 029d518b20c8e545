#!/usr/bin/env node
// Starts the command line. A Node that is too old hands over to one that was installed as a package, or that npm fetches.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { fetchedNode, installedNode } from './newer-node.js';
import { nodeOptionsFor } from './node-options.js';
import { whenNpmIsGone } from './npm-parent.js';

/** What this is developed under; an older one is used where no newer one is installed. */
const preferred = [24, 0];
/** What the libraries need: undici 8. */
const least = [22, 19];
/** Tells the other process that it has a launcher. It is no setting, and never seen by the command line. */
const launchedVariable = 'ATESTO_LAUNCHED';
/** What one process sends another to tell it something; the other signals are faults, or those of a terminal's job control. */
const forwardedSignals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM', 'SIGBREAK'];

/** Runs this very file under another Node with the same arguments, streams and signals, and ends as it ends. */
function handOver(node) {
  const child = spawn(
    node,
    [...nodeOptionsFor(availableParallelism()), fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    {
      // The channel carries nothing: it closes when this process is gone, however it ended.
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, [launchedVariable]: '1' },
    },
  );
  // A terminal sends its signals to both processes: this one only waits for the other.
  for (const signal of forwardedSignals) onSignal(signal, () => child.kill(signal));
  child.on('error', (error) => giveUp(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of forwardedSignals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
  whenNpmIsGone(() => child.kill('SIGTERM'));
}

/** Not every platform has every signal. */
function onSignal(signal, listener) {
  try {
    process.on(signal, listener);
  } catch {
    // There is nothing to forward then.
  }
}

/** Asks this process to stop as SIGTERM does, also where there are no signals; a command that has no order to end in ends at once. */
function stopThis() {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
}

/** Ends with whoever started this process. */
function endWithStarter() {
  const isLaunched = process.env[launchedVariable] !== undefined && process.channel !== undefined;
  delete process.env[launchedVariable];
  if (!isLaunched) {
    whenNpmIsGone(stopThis);
    return;
  }
  process.once('disconnect', stopThis);
  // A listener keeps the process running otherwise.
  process.channel.unref();
}

function giveUp(why) {
  process.stderr.write(`atesto: ${why}\n`);
  process.exit(2);
}

/** Whether this Node is of a version or newer. */
function isAtLeast([major, minor]) {
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

async function run() {
  endWithStarter();
  await import('../src/main.ts');
}

const newer = isAtLeast(preferred) ? undefined : installedNode();
if (newer !== undefined) {
  handOver(newer);
} else if (isAtLeast(least)) {
  await run();
} else {
  const { node, why } = fetchedNode();
  if (node === undefined) giveUp(`needs Node ${least.join('.')} or newer, this is ${process.versions.node}: ${why}`);
  else handOver(node);
}
