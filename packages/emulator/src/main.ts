/** The entry point of `npx @atesto/emulator`. */
import { runEmulatorCommand } from './command.ts';

process.exitCode = await runEmulatorCommand(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: process.env,
  stopRequested: () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    // The handlers stay: a second signal must not interrupt the shutdown.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
    return promise;
  },
});
