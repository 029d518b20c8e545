/** The refusal codes of TDX evidence, beyond those that Intel quotes share. */
export const tdxCodes = {
  'tdx-attributes': 'Reserved bits of the attributes of the trust domain are set.',
  'tdx-xfam': 'The extended features of the trust domain are not ones that a domain can have.',
  'tdx-module-unknown': 'The TCB info knows no TDX module of the version that the quote names.',
  'tdx-module-signer': 'The TDX module was signed by another signer than its identity names.',
  'tdx-module-attributes': 'The attributes of the TDX module are not the ones of its identity.',
  'tdx-module-level-not-found': 'The TDX module is older than every TCB level of its identity.',
  'tdx-runtime-data': "The runtime data is not the one that the quote's report data commits to.",
  'tdx-init-time-data': 'Init-time data was sent, and how a trust domain commits to it is not configured.',
} as const;
/** A code with which TDX evidence is refused. */
export type TdxCode = keyof typeof tdxCodes;
