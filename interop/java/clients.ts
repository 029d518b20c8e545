/** Clients of Maven Central, built as one project. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client, Missing, Program } from '../client.ts';
import { madeOnce, noToolchain, orMissing, runTool, versionOf } from '../install.ts';
import { pinsOf } from '../pins.ts';
import type { RunningScenario } from '../scenario.ts';

const language = 'Java';
const folder = import.meta.dirname;
const pins = (...names: string[]): string[] => pinsOf(folder, 'pom.xml', ...names);

let building: Promise<string | Missing> | undefined;

/** The folder of classes and jars. */
async function build(): Promise<string | Missing> {
  const version = await versionOf('javac', ['-version']);
  if (version === undefined) return noToolchain('a JDK');
  if ((await versionOf('mvn', ['-version'])) === undefined) return noToolchain('Maven');
  const sources = globSync(['pom.xml', 'src/**/*.java'], { cwd: folder }).sort();
  const inputs = [version, ...sources.map((file) => readFileSync(join(folder, file)))];
  const made = madeOnce('java', inputs, async (target) => {
    const args = ['--quiet', '--batch-mode', '-f', join(folder, 'pom.xml'), `-Dbuild.folder=${target}`, 'compile'];
    await runTool('mvn', args);
  });
  return orMissing(made);
}

/** The CA in the form that Java reads. */
async function trustStore(built: string, caFile: string): Promise<string> {
  const file = `${caFile}.p12`;
  const args = ['-importcert', '-noprompt', '-alias', 'ca', '-file', caFile, '-keystore', file];
  await runTool('keytool', [...args, '-storepass', storePassword, '-storetype', 'PKCS12'], { cwd: built });
  return file;
}

const storePassword = 'changeit';
let trusting: Promise<string> | undefined;

const program =
  (name: string) =>
  async ({ file, caFile }: RunningScenario): Promise<readonly Program[] | Missing> => {
    building ??= build();
    const built = await building;
    if (typeof built !== 'string') return built;
    trusting ??= trustStore(built, caFile);
    const options = [
      `-Djavax.net.ssl.trustStore=${await trusting}`,
      `-Djavax.net.ssl.trustStorePassword=${storePassword}`,
    ];
    const classPath = `${join(built, 'classes')}:${join(built, 'jars')}/*`;
    return [{ command: 'java', args: [...options, '-XX:TieredStopAtLevel=1', '-cp', classPath, name, file] }];
  };

const trust = '`javax.net.ssl.trustStore` where the CA is not public';

export const javaClients: readonly Client[] = [
  {
    name: 'azure-security-attestation',
    language,
    pins: pins('azure-security-attestation', 'azure-identity'),
    address: 'URI of the provider, with its path',
    needs: `\`authorityHost\` and \`disableInstanceDiscovery\` of the credential; keys of policy signers are RSA, since the SDK writes \`RS256\` for every key; ${trust}`,
    prepare: program('Attest'),
  },
  {
    name: 'Spring Security and Nimbus',
    language,
    pins: pins('spring-security-oauth2-jose', 'spring-security-oauth2-client'),
    address: 'issuer: URI of the provider, or URI of the keys: `<provider>/certs`',
    needs: trust,
    prepare: program('Verify'),
  },
];
