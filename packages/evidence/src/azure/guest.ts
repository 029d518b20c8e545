/**
 * Appraises an Azure guest, and whether a reply may be sealed to its key. The chain of trust of {@link appraiseAzureCvm}, continued:
 * attestation key -> certified encryption key.
 */

import type { KeyObject } from 'node:crypto';
import { settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { checkCertifiedName, parseTpmCertification } from '../tpm/certify.ts';
import { isBoundToPcrs } from '../tpm/pcr-policy.ts';
import {
  checkAttestationKeyAttributes,
  checkEncryptionKeyAttributes,
  parseTpmPublicArea,
  type TpmPublicArea,
} from '../tpm/public-area.ts';
import { checkTpmSignature } from '../tpm/signature.ts';
import { isSameKey } from '../x509/public-key.ts';
import type { GuestTpm, ParsedAzureGuest } from './guest-evidence.ts';
import {
  type AzureHardware,
  attestationKeyOf,
  checkRuntimeData,
  parseRuntimeClaims,
  type RuntimeClaims,
} from './runtime-claims.ts';
import { appraiseVtpm, type VtpmAppraisal } from './vtpm.ts';

/** PCRs that every quote must cover: those of firmware, boot loader and secure boot. */
const firmwarePcrs = [0, 1, 2, 3, 4, 5, 6, 7];

/** A genuine guest with the state of its vTPM. */
export interface AzureGuestAppraisal extends VtpmAppraisal {
  readonly tee: 'azure-guest';
  readonly guest: ParsedAzureGuest;
  readonly hardware: AzureHardware;
  readonly runtimeClaims: RuntimeClaims;
  /** Only the vTPM of this machine can decrypt what is encrypted to it. */
  readonly encryptionKey: {
    /** RSA. */
    readonly publicKey: KeyObject;
    /** Whether it decrypts only while the PCRs have the quoted values. */
    readonly boundToPcrs: boolean;
  };
}

function checkAttestationKey(tpm: GuestTpm, attestationKey: KeyObject): void {
  const area = parseTpmPublicArea(tpm.attestationKey, 'AikPub');
  if (!isSameKey(area.publicKey, attestationKey)) {
    refuse('azure-guest-aik', 'AikPub', 'it is not the HCLAkPub that the hardware vouches for');
  }
  checkAttestationKeyAttributes(area, 'AikPub');
}

function checkPcrSet(state: VtpmAppraisal, tpm: GuestTpm): void {
  if (tpm.pcrs.size !== state.pcrs.size) {
    refuse('azure-guest-pcrs', 'PCRs', 'PCRs were sent that the quote does not cover');
  }
  const missing = firmwarePcrs.find((pcr) => !state.pcrs.has(pcr));
  if (missing !== undefined) refuse('azure-guest-pcrs', 'PcrQuote', `the quote does not cover PCR ${missing}`);
}

function checkEncryptionKey(tpm: GuestTpm, attestationKey: KeyObject): TpmPublicArea {
  const area = parseTpmPublicArea(tpm.encryptionKey, 'EncKeyPub');
  const certification = parseTpmCertification(tpm.certification);
  checkTpmSignature(tpm.certification, tpm.certificationSignature, attestationKey, 'tpm certification');
  checkCertifiedName(certification, area);
  checkEncryptionKeyAttributes(area, 'EncKeyPub');
  return area;
}

/**
 * Appraises a guest under genuine hardware evidence. The protocol has no nonce of the verifier: how old the quote is stays open, but
 * only the machine itself can open the reply.
 * @param guest from `parseAzureGuest`
 * @param hardware the appraisal of the hardware evidence in it
 */
export function appraiseAzureGuest(guest: ParsedAzureGuest, hardware: AzureHardware): Outcome<AzureGuestAppraisal> {
  return settle(() => {
    const { tpm, eventLog } = guest;
    checkRuntimeData({ claims: guest.runtimeClaims, hash: 'SHA-256' }, hardware);
    const runtimeClaims = parseRuntimeClaims(guest.runtimeClaims);
    const attestationKey = attestationKeyOf(runtimeClaims);
    checkAttestationKey(tpm, attestationKey);
    const evidence = { quote: tpm.quote, signature: tpm.quoteSignature, pcrs: tpm.pcrs, eventLog };
    const state = appraiseVtpm(evidence, attestationKey, { nonce: 'any' });
    checkPcrSet(state, tpm);
    const area = checkEncryptionKey(tpm, attestationKey);
    const boundToPcrs = isBoundToPcrs(area, state.quote, state.pcrs);
    const encryptionKey = { publicKey: area.publicKey, boundToPcrs };
    return { tee: 'azure-guest', guest, hardware, runtimeClaims, encryptionKey, ...state };
  });
}

/** The protocol has no data beside the document: what the guest binds, it binds by itself. */
export function refuseAzureGuestData(): Outcome<void> {
  return settle(() => {
    refuse('azure-guest-data', 'body', 'the evidence of an Azure guest commits to no data beside it');
  });
}
