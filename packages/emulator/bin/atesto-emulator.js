#!/usr/bin/env node
// Starts the emulator as a command of its own: what `atesto emulator` runs.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 19)) {
  await import('../src/main.ts');
} else {
  process.stderr.write(`atesto-emulator: needs Node 22.19 or newer, this is ${process.versions.node}.\n`);
  process.exitCode = 2;
}
