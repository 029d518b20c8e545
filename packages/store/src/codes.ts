/** Which refusals the store knows, and what each means to an operator. */

/** Every refusal code of the store with its meaning. */
export const storageCodes = {
  'version-conflict':
    'The stored version is not the one that the change was made for: read it again and repeat the change.',
  'name-taken': 'A provider of this name exists.',
  'not-found': 'The provider, version or key does not exist.',
  'row-tampered': 'A stored row was not written by this service: its integrity code is wrong, or rows are missing.',
  'store-rolled-back':
    'The history of the store is not the one that this instance knows, as after a restored backup: nothing is changed until an operator runs `atesto store accept-restore`.',
  'store-unavailable':
    'The database cannot be reached, opened or written; whether a change that was under way took effect is unknown.',
  'store-newer': 'The database was written by a newer release; this release does not touch it.',
  'integrity-key-invalid': 'The integrity key of the store must have at least 32 bytes.',
  'value-unstorable': 'A text holds a NUL character or is not well-formed Unicode.',
  'cluster-unconfirmed': 'The change is stored, but not every live instance has confirmed it in time.',
} as const;

/** A refusal code of the store. */
export type StorageCode = keyof typeof storageCodes;
