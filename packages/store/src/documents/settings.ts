/** Stores settings of the whole service. Each is a named, versioned JSON value that the store does not interpret. */
import type { Outcome } from '@atesto/core';
import { z } from 'zod';
import type { StorageCode } from '../codes.ts';
import { asOutcome } from '../database/database-errors.ts';
import type { DocumentTable } from '../database/schema.ts';
import type { StoreContext } from './change.ts';
import { type ChangeOrigin, type Condition, type DocumentName, factsOf, type VersionFacts } from './document.ts';
import { currentDocument } from './documents.ts';

const json = z.json();

/** A JSON value. */
export type SettingValue = z.infer<typeof json>;

/** A version of a setting. */
export interface SettingVersion extends VersionFacts<'set'> {
  readonly name: string;
  readonly value: SettingValue;
}

/** The settings of the service. Every method can also refuse with `store-unavailable` and `row-tampered`. */
export class Settings {
  readonly #context: StoreContext;

  constructor(context: StoreContext) {
    this.#context = context;
  }

  /** The value in force, or undefined when it was never set. */
  current(name: string): Promise<Outcome<SettingVersion | undefined, StorageCode>> {
    return asOutcome(async () => {
      const row = await currentDocument(this.#context.source, settingName(name));
      return row === undefined ? undefined : settingOf(row);
    });
  }

  /** Sets a value. Refuses with `version-conflict`. */
  set(
    name: string,
    value: SettingValue,
    origin: ChangeOrigin,
    condition: Condition = {},
  ): Promise<Outcome<SettingVersion, StorageCode>> {
    return this.#context.change(async (change) => {
      const document = { action: 'set', content: JSON.stringify(value) };
      return settingOf(await change.append(settingName(name), document, origin, condition));
    });
  }
}

function settingName(name: string): DocumentName {
  return { providerId: '', kind: 'settings', name };
}

function settingOf(row: DocumentTable): SettingVersion {
  const value = json.parse(JSON.parse(row.content ?? 'null'));
  return { ...factsOf(row, z.literal('set').parse(row.action)), name: row.name, value };
}
