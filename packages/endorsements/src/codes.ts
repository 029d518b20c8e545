/** Why endorsements are not to be had. */
export const endorsementCodes = {
  'bundle-unreadable': 'The collateral file or directory cannot be read.',
  'bundle-malformed':
    'A collateral file is not JSON with the members of Intel’s verification collateral, in their encodings.',
  'bundle-no-match': 'No collateral file is for the platform that the evidence names.',
  'endorsements-unavailable': 'No source of endorsements is configured, or none could give what the evidence needs.',
} as const;
export type EndorsementCode = keyof typeof endorsementCodes;
