/** `atesto emulator` and `npx @atesto/emulator`: the emulator as a command, alone or around another command. */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { type Emulator, type EmulatorOptions, startEmulator } from './emulator.ts';

/** What the command uses of its process. */
export interface CommandIo {
  /** Writes explanations and failures. */
  readonly err: (text: string) => void;
  /** Writes help. */
  readonly out: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Resolves when the user or the system asks the program to stop. */
  readonly stopRequested: () => Promise<void>;
}

interface Options {
  readonly port: number;
  readonly identityPort: number;
  readonly simulatorPort: number;
  readonly data?: string;
  readonly envFile?: string;
  readonly requireAccessToken?: true;
  readonly log?: true;
}

const exitCodes = { ok: 0, usage: 2, unavailable: 3 } as const;

const examples = `
Examples:
  $ atesto emulator                                       # until it is stopped
  $ atesto emulator -- npm test                           # for as long as a command runs, which gets all variables
  $ atesto emulator --env-file "$GITHUB_ENV" &            # for the next steps of a workflow

It runs on loopback only, keeps nothing unless --data names a directory, and its tokens say that a development root
vouches for the evidence. Port 0 takes a free one. With a command it ends as the command ends, and every port is free
unless it is given.`;

/**
 * Runs the command.
 *
 * @param args what follows `atesto emulator`
 * @returns the exit code: 0, 2 for a wrong call, 3 when it cannot start, or that of the command that it ran
 */
export async function runEmulatorCommand(args: readonly string[], io: CommandIo): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const command = new Command('atesto emulator')
    .description(
      'Runs an attestation service with simulated platforms and an OpenID provider, for tests on this machine.',
    )
    .argument('[command...]', 'a command to run with the variables of the emulator')
    .option('--port <port>', 'of the service', readPort, 8443)
    .option('--identity-port <port>', 'of the OpenID provider', readPort, 8444)
    .option('--simulator-port <port>', 'of the simulator and the managed identity endpoint', readPort, 8445)
    .option(
      '--data <directory>',
      'keep keys, policies and platforms there for the next start (default: nothing is kept)',
    )
    .option('--env-file <file>', 'append the variables of clients to a file when it is ready')
    .option('--require-access-token', 'refuse attest calls without an access token')
    .option('--log', 'print the log of the service (JSON) on standard output')
    .helpOption('-h, --help', 'show how this is used')
    .addHelpText('after', examples)
    .exitOverride()
    .configureOutput({
      writeOut: io.out,
      writeErr: io.err,
      outputError: (text, write) => write(text.replace(/^error:/, 'atesto:')),
    })
    .showHelpAfterError('hint: atesto emulator --help shows how it is used.')
    .passThroughOptions()
    .action(async (words: string[]) => {
      exitCode = await runEmulator(command.opts<Options>(), words, portsGiven(command), io);
    });
  try {
    await command.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('Write a whole number from 0 to 65535.');
}

const portOptions = ['port', 'identityPort', 'simulatorPort'] as const;

/** The ports that the caller gave. */
function portsGiven(command: Command): ReadonlySet<string> {
  return new Set(portOptions.filter((name) => command.getOptionValueSource(name) !== 'default'));
}

async function runEmulator(
  options: Options,
  words: readonly string[],
  given: ReadonlySet<string>,
  io: CommandIo,
): Promise<number> {
  const stop = io.stopRequested();
  // Nobody needs to know the ports of an emulator that tells them to its only client.
  const portOf = (name: (typeof portOptions)[number]): number =>
    words.length > 0 && !given.has(name) ? 0 : options[name];
  const begun = performance.now();
  let emulator: Emulator;
  try {
    emulator = await startEmulator({
      port: portOf('port'),
      identityPort: portOf('identityPort'),
      simulatorPort: portOf('simulatorPort'),
      requireAccessToken: options.requireAccessToken === true,
      ...dataOf(options),
      ...(options.log === true ? { log: { write: io.out } } : {}),
    });
  } catch (error) {
    const why = startFailure(error);
    if (why === undefined) throw error;
    io.err(
      `atesto: the emulator cannot start: ${why}\nhint: choose others with --port, --identity-port and --simulator-port.\n`,
    );
    return exitCodes.unavailable;
  }
  try {
    const { environment } = emulator;
    if (options.envFile !== undefined) await appendFile(options.envFile, linesOf(environment));
    if (words.length > 0) return await runWith(words, { ...io.env, ...environment }, stop, io);
    io.err(banner(emulator, Math.round(performance.now() - begun)));
    await stop;
    return exitCodes.ok;
  } finally {
    await emulator.close();
  }
}

function dataOf({ data }: Options): Pick<EmulatorOptions, 'data'> {
  return data === undefined ? {} : { data };
}

const startFailures: Readonly<Record<string, string>> = {
  EADDRINUSE: 'a port is in use',
  EACCES: 'this user may not listen on a port',
};

function startFailure(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? startFailures[code] : undefined;
}

function linesOf(environment: Readonly<Record<string, string>>): string {
  return Object.entries(environment)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function banner({ url, simulatorUrl, identity, environment }: Emulator, startedInMs: number): string {
  const exports = Object.entries(environment).map(([name, value]) => `  export ${name}=${value}\n`);
  return `Atesto emulator: ready after ${startedInMs} ms. For development only.
  service        ${url}
  OpenID issuer  ${identity.issuer}
  simulator      ${simulatorUrl}/simulator/evidence?type=SgxEnclave  (OpenEnclave, TdxVm, SevSnpVm, AzureGuest)
Set in the shell of a client:
${exports.join('')}`;
}

/** Runs a command to its end; a stop that is asked for reaches it first. */
async function runWith(
  [file = '', ...args]: readonly string[],
  env: Record<string, string | undefined>,
  stop: Promise<void>,
  io: CommandIo,
): Promise<number> {
  // On Windows npm and its like are scripts, which only a shell runs.
  const child = spawn(file, args, { stdio: 'inherit', env, shell: process.platform === 'win32' });
  void stop.then(() => child.kill('SIGTERM'));
  return ended(child, file, io);
}

function ended(child: ChildProcess, file: string, io: CommandIo): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.on('error', (error) => {
    io.err(`atesto: cannot run ${file}: ${error.message}\n`);
    resolve(127);
  });
  // A shell says 128 and the number of the signal; which number it was no one needs to know.
  child.on('exit', (code) => resolve(code ?? 143));
  return promise;
}
