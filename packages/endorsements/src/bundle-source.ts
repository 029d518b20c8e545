/** Collateral from files: one file, or a directory of them, for offline and air-gapped sites. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type IntelCollateral, type IntelEndorsementsNeeded, type Outcome, Refused, refuse } from '@atesto/evidence';
import { parseIntelCollateralBundle } from './bundle.ts';
import type { EndorsementCode } from './codes.ts';
import type { IntelEndorsementResult, IntelEndorsementSource } from './source.ts';

interface Loaded {
  readonly stamp: string;
  readonly collateral: Outcome<IntelCollateral>;
}

function refuseFile(code: EndorsementCode, where: string, why: string): never {
  return refuse(code, where, why);
}

/** What a file is for: read from its own bodies, unverified, to choose among files only. */
function isFor(collateral: IntelCollateral, needed: IntelEndorsementsNeeded): boolean {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(collateral.tcbInfo).toString('utf8'));
  } catch {
    return false;
  }
  const members = new Map(Object.entries(typeof body === 'object' && body !== null ? body : {}));
  const id = members.get('id') ?? 'SGX';
  const authority = needed.ca === 'platform' ? 'Intel SGX PCK Platform CA' : 'Intel SGX PCK Processor CA';
  return (
    String(members.get('fmspc')).toLowerCase() === needed.fmspc &&
    id === needed.tee.toUpperCase() &&
    Buffer.from(collateral.pckCrl).includes(authority)
  );
}

async function listFiles(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const names = await readdir(path);
    return names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => join(path, name));
  } catch {
    return refuseFile('bundle-unreadable', path, 'the collateral file or directory cannot be read');
  }
}

/**
 * A source over files, each read again when it changes.
 * @param options.path a collateral file, or a directory whose `.json` files are collateral
 */
export function createBundleSource({ path }: { readonly path: string }): IntelEndorsementSource {
  const loaded = new Map<string, Loaded>();

  async function load(file: string): Promise<Outcome<IntelCollateral>> {
    try {
      const { mtimeMs, size } = await stat(file);
      const stamp = `${mtimeMs} ${size}`;
      const known = loaded.get(file);
      if (known?.stamp === stamp) return known.collateral;
      const collateral = parseIntelCollateralBundle(await readFile(file));
      loaded.set(file, { stamp, collateral });
      return collateral;
    } catch {
      return refuseFile('bundle-unreadable', file, 'the collateral file cannot be read');
    }
  }

  async function find(needed: IntelEndorsementsNeeded): Promise<IntelEndorsementResult> {
    const files = await listFiles(path);
    for (const file of files) {
      const collateral = await load(file);
      if (!collateral.ok)
        return { ok: false, refusal: { ...collateral.refusal, where: `${file} ${collateral.refusal.where}` } };
      if (isFor(collateral.value, needed)) return { ok: true, collateral: collateral.value };
    }
    const platform = `${needed.tee.toUpperCase()} platforms with FMSPC ${needed.fmspc} (${needed.ca} CA)`;
    return refuseFile('bundle-no-match', path, `none of ${files.length} collateral files is for ${platform}`);
  }

  return {
    async get(needed) {
      try {
        return await find(needed);
      } catch (error) {
        if (error instanceof Refused) return { ok: false, refusal: error.refusal };
        throw error;
      }
    },
  };
}

/** Asks each source in turn and gives the first that has what is needed; the last refusal stands when none has. */
export function createFallbackSource(sources: readonly IntelEndorsementSource[]): IntelEndorsementSource {
  return {
    async get(needed, options) {
      const code: EndorsementCode = 'endorsements-unavailable';
      let result: IntelEndorsementResult = {
        ok: false,
        refusal: { code, where: 'endorsements', why: 'no source of endorsements is configured' },
      };
      for (const source of sources) {
        result = await source.get(needed, options);
        if (result.ok) return result;
      }
      return result;
    },
  };
}
