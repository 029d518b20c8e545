/** The refusal codes of this package, each with its meaning. */
import { byteReaderCodes } from '@atesto/core';
import { azureCodes } from './azure/codes.ts';
import { intelCodes } from './intel/codes.ts';
import { openEnclaveCodes } from './openenclave/codes.ts';
import { sevsnpCodes } from './sevsnp/codes.ts';
import { sgxCodes } from './sgx/codes.ts';
import { tdxCodes } from './tdx/codes.ts';
import { tpmCodes } from './tpm/codes.ts';
import { x509Codes } from './x509/codes.ts';

/** Code to meaning. */
export const evidenceCodes = {
  ...byteReaderCodes,
  ...x509Codes,
  ...intelCodes,
  ...sgxCodes,
  ...openEnclaveCodes,
  ...tdxCodes,
  ...sevsnpCodes,
  ...tpmCodes,
  ...azureCodes,
} as const;
/** One of the codes with which this package refuses. */
export type EvidenceCode = keyof typeof evidenceCodes;
