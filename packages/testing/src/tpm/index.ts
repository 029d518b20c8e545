/**
 * Simulated TPMs: event logs, quotes and certified keys.
 *
 * @module testing/tpm
 */
export {
  defaultBoot,
  eventTypes,
  type SimulatedEvent,
  secureBootVariable,
  writeEventLog,
  writeSpecId,
} from './event-log.ts';
export {
  type AttestHeaderFields,
  type PcrSelectionFields,
  type PublicAreaFields,
  pcrMask,
  type TpmHashName,
  type TpmSignatureFields,
  tpmAlgorithms,
  tpmAttributes,
} from './structures.ts';
export {
  createSimulatedVtpm,
  type SignedAttest,
  SimulatedVtpm,
  type TpmAttestOptions,
  type TpmCertifyOptions,
  type TpmQuoteOptions,
  type VtpmOptions,
} from './vtpm.ts';
