/** Clients of crates.io, built as one crate. */
import { join } from 'node:path';
import type { Client, Missing, Program } from '../client.ts';
import { cacheFolder, noToolchain, orMissing, runTool, versionOf } from '../install.ts';
import { pinsOf } from '../pins.ts';
import type { RunningScenario } from '../scenario.ts';

const language = 'Rust';
const folder = import.meta.dirname;

let building: Promise<string | Missing> | undefined;

/** The program. */
async function build(): Promise<string | Missing> {
  if ((await versionOf('cargo', ['--version'])) === undefined) return noToolchain('cargo');
  const target = cacheFolder('rust');
  const made = runTool('cargo', ['build', '--quiet', '--locked'], { cwd: folder, env: { CARGO_TARGET_DIR: target } });
  return orMissing(made.then(() => join(target, 'debug', 'atesto-interop')));
}

const program =
  (name: string) =>
  async ({ file }: RunningScenario): Promise<readonly Program[] | Missing> => {
    building ??= build();
    const command = await building;
    return typeof command === 'string' ? [{ command, args: [file, name] }] : command;
  };

export const rustClients: readonly Client[] = [
  {
    name: 'jsonwebtoken',
    language,
    pins: pinsOf(folder, 'Cargo.toml', 'jsonwebtoken'),
    address: 'URI of the keys: `<provider>/certs`, fetched by its user',
    needs: '`Validation` with issuer and algorithm; its default demands an audience only of tokens that have one',
    prepare: program('jsonwebtoken'),
  },
  {
    name: 'openidconnect',
    language,
    pins: pinsOf(folder, 'Cargo.toml', 'openidconnect'),
    address: 'issuer: URI of the provider',
    needs: 'an HTTP client of its user',
    prepare: program('openidconnect'),
  },
];
