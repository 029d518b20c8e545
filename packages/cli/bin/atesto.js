#!/usr/bin/env node
// Starts the command line under Node 24 or newer. An older Node finds the one that was installed as a package and hands over.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const neededMajor = 24;
const major = Number(process.versions.node.split('.')[0]);

/** The path of the Node that is installed as a package, or undefined. */
function installedNode() {
  const name = `node-${process.platform}-${process.arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/** Runs this very file under another Node with the same arguments, streams and signals, and ends as it ends. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // A terminal sends its signals to both processes: this one only waits for the other.
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => giveUp(`cannot start ${node}: ${error.message}`));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function giveUp(why) {
  process.stderr.write(`atesto: ${why}\n`);
  process.exit(2);
}

if (major >= neededMajor) {
  await import('../src/main.ts');
} else {
  const node = installedNode();
  if (node === undefined) {
    giveUp(
      `needs Node ${neededMajor} or newer, this is ${process.versions.node}. Install it, or run npm ci again without --omit=optional.`,
    );
  } else {
    handOver(node);
  }
}
