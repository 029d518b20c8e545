/** Appraises an SEV-SNP report offline under given certificates. */
import type { Outcome } from '@atesto/core';
import { snpEndorsementsWithLists } from '@atesto/endorsements';
import {
  amdRoots,
  appraiseSnp,
  checkSnpInitTimeData,
  checkSnpRuntimeData,
  type ParsedSnpEvidence,
  parseSnpEvidence,
  type SnpReport,
  snpLookupFor,
  type UvmEndorsement,
  type UvmReference,
  verifySnpEndorsements,
  verifyUvmEndorsement,
} from '@atesto/evidence/advanced';
import type { Row } from '../style.ts';
import { type AmdCertificates, amdCertificates, issuerName } from './amd-certificates.ts';
import { developmentAnchors, refused, type Verdict, valid } from './verdict.ts';

/** What is appraised. */
export interface SnpVerdictInput {
  /** A bare report, or the JSON document of Azure Attestation. */
  readonly evidence: Uint8Array;
  /** PEM or DER of the VCEK or VLEK certificate, which others may follow; undefined: the one of the document. */
  readonly certificate: Uint8Array | undefined;
  /** PEM of what stands above it; those of the document are used too. */
  readonly authorities: readonly Uint8Array[];
  /** DER; none: revocation is not looked at. */
  readonly revocationLists: readonly Uint8Array[];
  readonly at: Date;
  /** Data whose SHA-256 the report data must carry; undefined: not checked. */
  readonly runtimeData: Uint8Array | undefined;
  /** Data whose SHA-256 the host data must be; undefined: not checked. */
  readonly initTimeData: Uint8Array | undefined;
  /** Who must vouch for the utility VM; undefined: nobody is asked. */
  readonly uvm: UvmReference | undefined;
  /** COSE_Sign1 messages beside those of the document. */
  readonly uvmEndorsements: readonly Uint8Array[];
  readonly allowExpiredCollateral: boolean;
  /** SHA-256 of the public keys of roots that are trusted besides AMD's, hex. */
  readonly developmentRoots: readonly string[];
}

/** Fields of the report; bytes as lower-case hex. */
export interface SnpReportFacts {
  readonly version: number;
  readonly guestSvn: number;
  readonly policy: {
    readonly hexLittleEndian: string;
    readonly debugAllowed: boolean;
    readonly migrationAgentAllowed: boolean;
    readonly smtAllowed: boolean;
  };
  readonly familyId: string;
  readonly imageId: string;
  readonly vmpl: number;
  readonly signatureAlgorithm: number;
  readonly platformInfo: string;
  readonly signingKey: string;
  readonly reportData: string;
  readonly measurement: string;
  readonly hostData: string;
  readonly idKeyDigest: string;
  readonly authorKeyDigest: string;
  readonly reportId: string;
  readonly reportIdMa: string;
  /** Null in version 2. */
  readonly cpuidFamilyModelStepping: readonly [family: number, model: number, stepping: number] | null;
  readonly chipId: string;
  readonly currentTcb: string;
  readonly reportedTcb: string;
  readonly committedTcb: string;
  readonly launchTcb: string;
}

/** The report. What the evidence and the certificate say stands there also when they are refused; null: it could not be read. */
export interface SnpVerdict extends Verdict {
  readonly product: string | null;
  readonly endorsementKeyCertificate: {
    readonly kind: 'VCEK' | 'VLEK';
    /** Common name. */
    readonly issuer: string;
    /** ISO 8601. */
    readonly notAfter: string;
  } | null;
  /** Null when refused. */
  readonly revocation: 'checked' | 'expired' | 'unchecked' | null;
  readonly evidence: SnpReportFacts | null;
  /** Who vouches for the utility VM; absent: nobody was asked, or the evidence was refused. */
  readonly uvm?: UvmEndorsement;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const noFacts = { product: null, endorsementKeyCertificate: null, revocation: null, evidence: null };

/** Appraises evidence and gives report. */
export function snpVerdict(input: SnpVerdictInput): SnpVerdict {
  const parsed = parseSnpEvidence(input.evidence);
  if (!parsed.ok) return { ...refused(parsed.refusal), ...noFacts };
  const { report, certificates } = parsed.value;
  const evidence = reportFacts(report);
  const chain = amdCertificates(certificateFiles(certificates, input), report.signingKey);
  if ('code' in chain) return { ...refused(chain), ...noFacts, evidence };
  const facts = { ...noFacts, ...certificateFacts(report, chain), evidence };
  const appraised = appraise(parsed.value, chain, input);
  if (!appraised.ok) return { ...refused(appraised.refusal), ...facts };
  const known = { ...facts, revocation: appraised.value };
  const bound = checkData(report, input);
  if (!bound.ok) return { ...refused(bound.refusal), ...known };
  const uvm = vouchedFor(parsed.value, input);
  if (!uvm.ok) return { ...refused(uvm.refusal), ...known };
  return { ...valid, ...known, ...(uvm.value === undefined ? {} : { uvm: uvm.value }) };
}

/** The first endorsement that holds, else what is wrong with the first. */
function vouchedFor(
  { report, uvmEndorsements }: ParsedSnpEvidence,
  { uvm, uvmEndorsements: given, at }: SnpVerdictInput,
): Outcome<UvmEndorsement | undefined> {
  if (uvm === undefined) return { ok: true, value: undefined };
  const outcomes = [...given, ...uvmEndorsements].map((bytes) => verifyUvmEndorsement(bytes, report, [uvm], at));
  const why = 'no endorsement was given and none came with the evidence; name it with --uvm-endorsement';
  const missing = { ok: false, refusal: { code: 'uvm-untrusted', where: 'UVM endorsement', why } } as const;
  return outcomes.find(({ ok }) => ok) ?? outcomes[0] ?? missing;
}

function certificateFiles(inDocument: string | undefined, input: SnpVerdictInput): Uint8Array[] {
  const { certificate, authorities } = input;
  const document = inDocument === undefined ? [] : [Buffer.from(inDocument)];
  if (certificate !== undefined) return [certificate, ...authorities, ...document];
  return document.length === 0 ? [] : [...document, ...authorities];
}

function appraise(
  evidence: ParsedSnpEvidence,
  { certificate, authorityChain }: AmdCertificates,
  { at, allowExpiredCollateral, developmentRoots, revocationLists }: SnpVerdictInput,
): Outcome<'checked' | 'expired' | 'unchecked'> {
  const trustAnchors = [...amdRoots, ...developmentAnchors(developmentRoots)];
  const endorsements = snpEndorsementsWithLists({ certificate, authorityChain }, revocationLists, at, trustAnchors);
  const verified = verifySnpEndorsements(endorsements, { trustAnchors });
  if (!verified.ok) return verified;
  const outcome = appraiseSnp(evidence, verified.value, { at, allowExpiredCollateral });
  if (!outcome.ok) return outcome;
  const { revocation, revocationListExpired } = outcome.value;
  return { ok: true, value: revocationListExpired ? 'expired' : revocation };
}

function checkData(report: SnpReport, { runtimeData, initTimeData }: SnpVerdictInput): Outcome<void> {
  const runtime = runtimeData === undefined ? undefined : checkSnpRuntimeData(report, runtimeData);
  if (runtime?.ok === false || initTimeData === undefined) return runtime ?? { ok: true, value: undefined };
  return checkSnpInitTimeData(report, initTimeData);
}

/** What the certificate says of itself; nothing when it is not of an endorsement key. */
function certificateFacts(report: SnpReport, { certificate, leaf }: AmdCertificates) {
  const lookup = snpLookupFor(report, certificate);
  const supplied = lookup.ok ? lookup.value.supplied : undefined;
  if (!lookup.ok || supplied === undefined) return {};
  return {
    product: lookup.value.product,
    endorsementKeyCertificate: {
      kind: supplied.kind,
      issuer: issuerName(leaf),
      notAfter: leaf.validToDate.toISOString(),
    },
  };
}

function reportFacts(report: SnpReport): SnpReportFacts {
  const { policy, policyBytes, cpuId } = report;
  const { debugAllowed, migrationAgentAllowed, smtAllowed } = policy;
  return {
    version: report.version,
    guestSvn: report.guestSvn,
    policy: { hexLittleEndian: hex(policyBytes), debugAllowed, migrationAgentAllowed, smtAllowed },
    familyId: hex(report.familyId),
    imageId: hex(report.imageId),
    vmpl: report.vmpl,
    signatureAlgorithm: report.signatureAlgorithm,
    platformInfo: hex(report.platformInfo),
    signingKey: report.signingKey,
    reportData: hex(report.reportData),
    measurement: hex(report.measurement),
    hostData: hex(report.hostData),
    idKeyDigest: hex(report.idKeyDigest),
    authorKeyDigest: hex(report.authorKeyDigest),
    reportId: hex(report.reportId),
    reportIdMa: hex(report.reportIdMa),
    cpuidFamilyModelStepping: cpuId === undefined ? null : [cpuId.family, cpuId.model, cpuId.stepping],
    chipId: hex(report.chipId),
    currentTcb: hex(report.currentTcb),
    reportedTcb: hex(report.reportedTcb),
    committedTcb: hex(report.committedTcb),
    launchTcb: hex(report.launchTcb),
  };
}

/** What people read of it. */
export function snpRows({ product, endorsementKeyCertificate: key, revocation, evidence, uvm }: SnpVerdict): Row[] {
  const certificate = key === null ? undefined : `${key.kind} of ${key.issuer}, valid until ${key.notAfter}`;
  const machine: Row[] = [
    ['product', product ?? undefined],
    ['certificate', certificate],
    ['revocation list', revocation ?? undefined],
    ['utility VM', uvm === undefined ? undefined : `${uvm.feed}, version ${uvm.svn}`],
  ];
  if (evidence === null) return machine;
  return [
    ...machine,
    ['reported TCB', evidence.reportedTcb],
    ['measurement', evidence.measurement],
    ['host data', evidence.hostData],
    ['guest SVN, VMPL', `${evidence.guestSvn}, ${evidence.vmpl}`],
    ['debug', evidence.policy.debugAllowed ? 'yes: the host can read the memory of the guest' : 'no'],
    ['migration agent', evidence.policy.migrationAgentAllowed ? 'allowed' : 'not allowed'],
    ['report data', evidence.reportData],
  ];
}
