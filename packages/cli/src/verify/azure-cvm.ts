/** Appraises the evidence of an Azure confidential VM and the state that its vTPM attests, offline. */

import { createHash } from 'node:crypto';
import type { Outcome } from '@atesto/core';
import { snpEndorsementsWithLists } from '@atesto/endorsements';
import {
  type AzureCvmAppraisal,
  type AzureHardware,
  amdRoots,
  appraiseAzureCvm,
  appraiseSnp,
  appraiseTdx,
  type HclReport,
  type MeasuredBoot,
  type PcrValues,
  parseHclReport,
  parseSnpEvidence,
  parseTdxEvidence,
  type RuntimeClaims,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';
import type { Row } from '../style.ts';
import { amdCertificates } from './amd-certificates.ts';
import { verifiedCollateral } from './intel-verdict.ts';
import { debugText } from './tdx.ts';
import { developmentAnchors, refused, type Verdict, valid } from './verdict.ts';

/** What vouches for the hardware. */
export type AzureEndorsements =
  | {
      readonly kind: 'SEV-SNP';
      /** Files of certificates in any order, but the VCEK or VLEK first: PEM, or DER of one. */
      readonly certificates: readonly Uint8Array[];
      /** DER; none: revocation is not looked at. */
      readonly revocationLists: readonly Uint8Array[];
      readonly allowExpiredCollateral: boolean;
    }
  | {
      readonly kind: 'TDX';
      readonly quote: Uint8Array;
      /** A collateral file. */
      readonly collateral: Uint8Array;
      readonly allowExpiredCollateral: boolean;
    };

/** What is appraised. */
export interface AzureCvmInput {
  readonly hclReport: Uint8Array;
  readonly endorsements: AzureEndorsements;
  readonly quote: Uint8Array;
  readonly signature: Uint8Array;
  readonly pcrs: PcrValues;
  readonly eventLog: Uint8Array | undefined;
  /** Hex; undefined: a quote of any age. */
  readonly nonce: string | undefined;
  readonly at: Date;
  /** SHA-256 of the public keys of roots that are trusted besides the vendors', hex. */
  readonly developmentRoots: readonly string[];
}

/** What the hardware evidence showed. */
export type AzureHardwareFacts =
  | {
      readonly tee: 'sevsnp';
      readonly product: string;
      readonly signingKey: string;
      readonly vmpl: number;
      /** Hex. */
      readonly measurement: string;
      readonly idKeyDigest: string;
      readonly debug: boolean;
    }
  | {
      readonly tee: 'tdx';
      readonly tcbStatus: string;
      readonly mrTd: string;
      /** Under debug, or profiled: `attributeNames` tells which. */
      readonly debug: boolean;
      readonly attributeNames: readonly string[];
    };

/** The facts of a valid verdict; bytes as lower-case hex. */
export interface AzureCvmFacts {
  readonly hardware: AzureHardwareFacts;
  readonly hcl: {
    readonly reportType: string;
    readonly hashType: string;
    readonly runtimeClaimsSha256: string;
  };
  readonly runtimeClaims: RuntimeClaims;
  readonly tpmQuote: {
    readonly signatureValid: true;
    readonly extraDataHex: string;
    readonly pcrSelection: readonly { readonly alg: number; readonly mask: string }[];
    readonly pcrDigest: string;
    readonly pcrDigestMatches: true;
  };
  /** Values by number. */
  readonly pcrs: Readonly<Record<string, string>>;
  /** What the event log shows; null: none was given. */
  readonly measuredBoot: MeasuredBoot | null;
}

/** The report; facts are null when the evidence was refused. */
export type AzureCvmVerdict = Verdict & { readonly [fact in keyof AzureCvmFacts]: AzureCvmFacts[fact] | null };

const noFacts = { hardware: null, hcl: null, runtimeClaims: null, tpmQuote: null, pcrs: null, measuredBoot: null };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Appraises evidence and gives report. */
export function azureCvmVerdict(input: AzureCvmInput): AzureCvmVerdict {
  const hcl = parseHclReport(input.hclReport);
  const hardware = appraiseHardware(hcl, input);
  if (!hardware.ok) return { ...refused(hardware.refusal), ...noFacts };
  if (!hcl.ok) return { ...refused(hcl.refusal), ...noFacts };
  const { quote, signature, pcrs, eventLog } = input;
  const nonce = input.nonce === undefined ? 'any' : Buffer.from(input.nonce, 'hex');
  const evidence = { quote, signature, pcrs, ...(eventLog === undefined ? {} : { eventLog }) };
  const outcome = appraiseAzureCvm(hcl.value, hardware.value, evidence, { nonce });
  return outcome.ok ? { ...valid, ...factsOf(outcome.value) } : { ...refused(outcome.refusal), ...noFacts };
}

function appraiseHardware(
  hcl: Outcome<HclReport>,
  { endorsements, at, developmentRoots }: AzureCvmInput,
): Outcome<AzureHardware> {
  if (endorsements.kind === 'TDX') {
    const { allowExpiredCollateral } = endorsements;
    const collateral = verifiedCollateral(endorsements.collateral, developmentRoots);
    if (!collateral.ok) return collateral;
    const evidence = parseTdxEvidence(endorsements.quote);
    return evidence.ok ? appraiseTdx(evidence.value, collateral.value, { at, allowExpiredCollateral }) : evidence;
  }
  if (!hcl.ok) return hcl;
  const parsed = parseSnpEvidence(hcl.value.hardwareReport);
  if (!parsed.ok) return parsed;
  const chain = amdCertificates(endorsements.certificates, parsed.value.report.signingKey);
  if ('code' in chain) return { ok: false, refusal: chain };
  const { certificate, authorityChain } = chain;
  const { revocationLists, allowExpiredCollateral } = endorsements;
  const trustAnchors = [...amdRoots, ...developmentAnchors(developmentRoots)];
  const verified = verifySnpEndorsements(
    snpEndorsementsWithLists({ certificate, authorityChain }, revocationLists, at, trustAnchors),
    { trustAnchors },
  );
  return verified.ok ? appraiseSnp(parsed.value, verified.value, { at, allowExpiredCollateral }) : verified;
}

function hardwareFacts(hardware: AzureHardware): AzureHardwareFacts {
  if (hardware.tee === 'tdx') {
    const { tee, tcbStatus, body, debug } = hardware;
    return { tee, tcbStatus, mrTd: hex(body.mrTd), debug, attributeNames: body.attributeNames };
  }
  const { tee, product, signingKey, report } = hardware;
  const { vmpl, measurement, idKeyDigest, policy } = report;
  return {
    tee,
    product,
    signingKey,
    vmpl,
    measurement: hex(measurement),
    idKeyDigest: hex(idKeyDigest),
    debug: policy.debugAllowed,
  };
}

function factsOf({ hardware, hcl, runtimeClaims, quote, pcrs, measuredBoot }: AzureCvmAppraisal): AzureCvmFacts {
  const { claims, hash } = hcl.runtimeData;
  return {
    hardware: hardwareFacts(hardware),
    hcl: {
      reportType: hcl.reportType,
      hashType: hash,
      runtimeClaimsSha256: createHash('sha256').update(claims).digest('hex'),
    },
    runtimeClaims,
    tpmQuote: {
      signatureValid: true,
      extraDataHex: hex(quote.extraData),
      pcrSelection: quote.selections.map(({ algorithm, mask }) => ({ alg: algorithm, mask: hex(mask) })),
      pcrDigest: hex(quote.pcrDigest),
      pcrDigestMatches: true,
    },
    pcrs: Object.fromEntries([...pcrs].map(([pcr, value]) => [String(pcr), hex(value)])),
    measuredBoot: measuredBoot ?? null,
  };
}

/** What people read of it. */
export function azureCvmRows({ hardware, runtimeClaims, tpmQuote, pcrs, measuredBoot }: AzureCvmVerdict): Row[] {
  if (hardware === null || pcrs === null) return [];
  const machine: Row[] =
    hardware.tee === 'tdx'
      ? [
          ['hardware', `TDX, ${hardware.tcbStatus}`],
          ['MRTD', hardware.mrTd],
          ['debug', debugText(hardware)],
        ]
      : [
          ['hardware', `SEV-SNP, ${hardware.product}, signed by its ${hardware.signingKey}`],
          ['measurement', hardware.measurement],
          ['debug', hardware.debug ? 'yes: the host can read the memory of the machine' : 'no'],
        ];
  return [
    ...machine,
    ['configuration', JSON.stringify(runtimeClaims?.['vm-configuration'])],
    ['quote nonce', tpmQuote?.extraDataHex],
    ...Object.entries(pcrs).map(([pcr, value]): Row => [`PCR ${pcr}`, value]),
    ['event log', measuredBoot === null ? undefined : `explains PCRs ${measuredBoot.replayed.join(', ')}`],
    ['secure boot', secureBootText(measuredBoot?.secureBoot)],
  ];
}

function secureBootText(state: boolean | undefined): string | undefined {
  if (state === undefined) return undefined;
  return state ? 'on' : 'off';
}
