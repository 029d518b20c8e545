/**
 * The claims of an Azure guest under Azure Attestation's names. What the vTPM and the guest say stands at the top, what the hardware
 * says below `x-ms-isolation-tee`. Source: Microsoft, "Guest attestation for confidential VMs", sample token.
 */
import type { Claims, ClaimValue } from '@atesto/core';
import { sevSnpClaims } from '../sevsnp/claims.ts';
import { tdxClaims } from '../tdx/claims.ts';
import type { AzureGuestAppraisal } from './guest.ts';
import { type AzureHardware, type RuntimeClaims, vmUniqueId } from './runtime-claims.ts';

/** The key id under which Azure shows the key that replies are sealed to. */
const encryptionKeyId = 'TpmEphemeralEncryptionKey';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** The claims of the hardware evidence, as a token of the technology's own attestation type would carry them. */
export function azureHardwareClaims(hardware: AzureHardware): Claims {
  return hardware.tee === 'tdx'
    ? { 'x-ms-attestation-type': 'tdxvm', ...tdxClaims(hardware) }
    : { 'x-ms-attestation-type': 'sevsnpvm', ...sevSnpClaims(hardware) };
}

/** What the guest itself decided: its payload, and the key that the reply is sealed to. */
function guestRuntime({ guest, encryptionKey }: AzureGuestAppraisal): ClaimValue {
  const { kty = '', n = '', e = '' } = encryptionKey.publicKey.export({ format: 'jwk' });
  return {
    'client-payload': guest.clientPayload,
    keys: [{ kid: encryptionKeyId, key_ops: ['encrypt'], kty, n, e }],
  };
}

function bootClaims({ measuredBoot, runtimeClaims }: AzureGuestAppraisal): Claims {
  const vmId = vmUniqueId(runtimeClaims);
  return {
    ...(measuredBoot?.secureBoot === undefined ? {} : { secureboot: measuredBoot.secureBoot }),
    ...(measuredBoot === undefined ? {} : { 'x-atesto-azurevm-replayed-pcrs': measuredBoot.replayed }),
    ...(vmId === undefined ? {} : { 'x-ms-azurevm-vmid': vmId }),
  };
}

/**
 * The claims that the service adds to every token of an Azure guest.
 * @param hardwareClaims further claims about the hardware, such as its compliance status
 */
export function azureGuestClaims(appraisal: AzureGuestAppraisal, hardwareClaims: Claims = {}): Claims {
  const { guest, pcrs, hardware, encryptionKey } = appraisal;
  const runtime: RuntimeClaims = appraisal.runtimeClaims;
  return {
    'x-ms-azurevm-attestation-protocol-ver': guest.protocolVersion,
    'x-ms-azurevm-attested-pcrs': [...pcrs.keys()],
    'x-ms-azurevm-attested-pcr-values': Object.fromEntries(
      [...pcrs].map(([pcr, value]) => [`pcr${pcr}`, base64(value)]),
    ),
    'x-ms-azurevm-ostype': guest.os.type,
    'x-ms-azurevm-osdistro': guest.os.distro,
    'x-ms-azurevm-osbuild': guest.os.build,
    'x-ms-azurevm-osversion-major': guest.os.versionMajor,
    'x-ms-azurevm-osversion-minor': guest.os.versionMinor,
    'x-atesto-azurevm-reply-bound-to-pcrs': encryptionKey.boundToPcrs,
    ...bootClaims(appraisal),
    'x-ms-runtime': guestRuntime(appraisal),
    'x-ms-isolation-tee': { ...azureHardwareClaims(hardware), 'x-ms-runtime': runtime, ...hardwareClaims },
  };
}
