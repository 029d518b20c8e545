/** Reads the versions of clients from the manifests by which they are installed, so that no version stands in two places. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a manifest writes the version of a package. */
const forms = {
  'package.json': (name: string) => new RegExp(`"${name}": "([^"]+)"`),
  'requirements.txt': (name: string) => new RegExp(`^${name}==(\\S+)$`, 'm'),
  'no-dependencies.txt': (name: string) => new RegExp(`^${name}==(\\S+)$`, 'm'),
  'pom.xml': (name: string) => new RegExp(`<artifactId>${name}</artifactId>\\s*<version>([^<]+)</version>`),
  'go.mod': (name: string) => new RegExp(`^\\s*(?:require )?${name} v(\\S+)`, 'm'),
  'Cargo.toml': (name: string) => new RegExp(`^${name} = (?:.*version = )?"=?([^"]+)"`, 'm'),
} as const;

/** The packages with their versions: `name version`. Throws when the manifest does not name one. */
export function pinsOf(folder: string, manifest: keyof typeof forms, ...names: string[]): string[] {
  const text = readFileSync(join(folder, manifest), 'utf8');
  return names.map((name) => {
    const version = forms[manifest](name).exec(text)?.[1];
    if (version === undefined) throw new Error(`${manifest} does not name ${name}`);
    return `${name} ${version}`;
  });
}
