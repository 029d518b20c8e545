#!/usr/bin/env node
// Starts the emulator under a Node that can run it.
await import('../src/main.ts');
