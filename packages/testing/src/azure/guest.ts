/** A simulated Azure confidential VM: an SEV-SNP or TDX machine whose paravisor provides and certifies a vTPM. */
import { createDecipheriv, randomUUID } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import type { SimulatedPlatform } from '../intel/platform.ts';
import type { SimulatedSnpPlatform, SnpReportOptions } from '../sevsnp/platform.ts';
import type { TdxQuoteOptions } from '../tdx/quote.ts';
import type { SimulatedVtpm, TpmCertifyOptions, TpmQuoteOptions } from '../tpm/vtpm.ts';
import type { KeyPair } from '../x509/keys.ts';
import {
  claimsReportData,
  type HclHashName,
  type HclReportFields,
  hclHashTypes,
  writeHclReport,
} from './hcl-report.ts';

/** The machine below a guest. */
export type AzureMachine =
  | { readonly kind: 'SevSnp'; readonly platform: SimulatedSnpPlatform }
  | { readonly kind: 'Tdx'; readonly platform: SimulatedPlatform };

/** An HCL report and what may differ from a faultless one. */
export interface HclReportOptions {
  readonly fields?: Partial<HclReportFields>;
  /** Default: SHA-256. */
  readonly hash?: HclHashName;
  /** Runtime claims instead of the guest's own. */
  readonly claims?: Uint8Array;
  /** The SEV-SNP report; its report data commits to the claims unless it is given here. */
  readonly report?: SnpReportOptions;
}

/** What a guest sends, and what may differ from a faultless document. */
export interface AttestationInfoOptions {
  readonly claims?: Uint8Array;
  readonly report?: SnpReportOptions;
  readonly tdQuote?: TdxQuoteOptions;
  readonly quote?: TpmQuoteOptions;
  readonly certify?: TpmCertifyOptions;
  /** By name, base64. Default: none. */
  readonly clientPayload?: Readonly<Record<string, string>>;
  /** Members that stand instead of those of `TpmInfo`. */
  readonly tpmInfo?: Readonly<Record<string, unknown>>;
  /** Members that stand instead of those of the document. */
  readonly members?: Readonly<Record<string, unknown>>;
}

const hclOptionNames: OptionNames<HclReportOptions> = { fields: true, hash: true, claims: true, report: true };
const infoOptionNames: OptionNames<AttestationInfoOptions> = {
  claims: true,
  report: true,
  tdQuote: true,
  quote: true,
  certify: true,
  clientPayload: true,
  tpmInfo: true,
  members: true,
};

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64');
const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

function jwkOf(keys: KeyPair, kid: string, operation: string) {
  const { kty, n, e } = keys.publicKey.export({ format: 'jwk' });
  return { kid, key_ops: [operation], kty, e, n };
}

/** A confidential VM. Everything it makes is valid unless the options say otherwise. */
export class SimulatedAzureGuest {
  readonly machine: AzureMachine;
  readonly vtpm: SimulatedVtpm;
  readonly vmUniqueId = randomUUID().toUpperCase();

  constructor(machine: AzureMachine, vtpm: SimulatedVtpm) {
    this.machine = machine;
    this.vtpm = vtpm;
  }

  /** The members of the runtime claims. */
  runtimeClaimsMembers() {
    return {
      keys: [
        jwkOf(this.vtpm.attestationKey, 'HCLAkPub', 'sign'),
        jwkOf(this.vtpm.encryptionKey, 'HCLEkPub', 'encrypt'),
      ],
      'vm-configuration': {
        'console-enabled': true,
        'secure-boot': true,
        'tpm-enabled': true,
        vmUniqueId: this.vmUniqueId,
      },
      'user-data': '00'.repeat(64),
    };
  }

  /** Runtime claims as they are hashed: JSON in UTF-8. */
  runtimeClaims(): Uint8Array {
    return Buffer.from(JSON.stringify(this.runtimeClaimsMembers()));
  }

  /** The SEV-SNP report that commits to the claims; of TDX machines 1024 bytes that only the machine itself could check. */
  hardwareReport(claims: Uint8Array, options: SnpReportOptions = {}, hash: HclHashName = 'sha256'): Uint8Array {
    const reportData = claimsReportData(claims, hash);
    if (this.machine.kind === 'Tdx') return Buffer.concat([Buffer.alloc(128), reportData, Buffer.alloc(832)]);
    return this.machine.platform.report({ ...options, fields: { reportData, ...options.fields } });
  }

  /** The TD quote that commits to the claims. */
  tdQuote(claims: Uint8Array, options: TdxQuoteOptions = {}, hash: HclHashName = 'sha256'): Uint8Array {
    if (this.machine.kind === 'SevSnp') throw new TypeError('an SEV-SNP machine makes no TD quotes');
    const body = { reportData: claimsReportData(claims, hash), ...options.body };
    return this.machine.platform.tdxQuote({ ...options, body });
  }

  /** What the vTPM's NV index holds. */
  hclReport(options: HclReportOptions = {}): Buffer {
    checkOptions<HclReportOptions>(options, hclOptionNames, 'options');
    const claims = options.claims ?? this.runtimeClaims();
    const hash = options.hash ?? 'sha256';
    return writeHclReport(this.hardwareReport(claims, options.report, hash), claims, {
      magic: 'HCLA',
      version: 2,
      requestType: 2,
      runtimeDataVersion: 1,
      reportType: this.machine.kind === 'Tdx' ? 4 : 2,
      hashType: hclHashTypes[hash],
      ...options.fields,
    });
  }

  #proof(claims: Uint8Array, { report, tdQuote }: AttestationInfoOptions): string {
    if (this.machine.kind === 'Tdx') return base64(this.tdQuote(claims, tdQuote));
    const { vcek, ask, ark } = this.machine.platform.certificates;
    const snpReport = base64url(this.hardwareReport(claims, report));
    return base64(JSON.stringify({ SnpReport: snpReport, VcekCertChain: base64(vcek + ask + ark) }));
  }

  #tpmInfo({ quote: quoteOptions, certify: certifyOptions, tpmInfo }: AttestationInfoOptions) {
    const { pcrs: numbers } = quoteOptions ?? {};
    const quote = this.vtpm.quote(quoteOptions);
    const certification = this.vtpm.certify(certifyOptions);
    const pcrs = [...this.vtpm.pcrs(numbers)];
    return {
      AikCert: '',
      AikPub: base64(this.vtpm.attestationKeyArea()),
      PcrQuote: base64(quote.attest),
      PcrSignature: base64(quote.signature),
      EncKeyPub: base64(this.vtpm.encryptionKeyArea()),
      EncKeyCertifyInfo: base64(certification.attest),
      EncKeyCertifyInfoSignature: base64(certification.signature),
      PcrSet: pcrs.map(([pcr]) => pcr),
      PCRs: pcrs.map(([pcr, value]) => ({ Index: pcr, Digest: base64(value) })),
      ...tpmInfo,
    };
  }

  /** The JSON document of `attestationInfo`. */
  attestationInfo(options: AttestationInfoOptions = {}): Uint8Array {
    checkOptions<AttestationInfoOptions>(options, infoOptionNames, 'options');
    const claims = options.claims ?? this.runtimeClaims();
    const info = {
      AttestationProtocolVersion: '2.0',
      OSType: base64('Linux'),
      OSDistro: base64('Ubuntu'),
      OSBuild: base64('NotApplication'),
      OSVersionMajor: 24,
      OSVersionMinor: 4,
      TcgLogs: base64(this.vtpm.eventLog()),
      ClientPayload: options.clientPayload ?? {},
      TpmInfo: this.#tpmInfo(options),
      IsolationInfo: {
        Type: this.machine.kind,
        Evidence: { Proof: this.#proof(claims, options), RunTimeData: base64(claims) },
      },
      ...options.members,
    };
    return Buffer.from(JSON.stringify(info));
  }

  /** Opens the reply to `attestationInfo`: base64url of a JSON document, sealed to the encryption key of the vTPM. */
  openReply(reply: string): string {
    const { Jwt, EncryptedInnerKey, EncryptionParams, AuthenticationData } = JSON.parse(
      Buffer.from(reply, 'base64url').toString(),
    );
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    const key = this.vtpm.decrypt(bytes(EncryptedInnerKey));
    const cipher = createDecipheriv('aes-256-gcm', key, bytes(EncryptionParams.Iv));
    cipher.setAAD(Buffer.from('Transport Key', 'ascii')).setAuthTag(bytes(AuthenticationData));
    return Buffer.concat([cipher.update(bytes(Jwt)), cipher.final()]).toString();
  }
}
