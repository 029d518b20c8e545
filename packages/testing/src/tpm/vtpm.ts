/** A simulated vTPM: an attestation key, an encryption key, and a boot that its PCRs measured. */
import { constants, createHash, privateDecrypt } from 'node:crypto';
import type { Bytes } from '../bytes/layout.ts';
import { generateRsaKeys, type KeyPair } from '../x509/keys.ts';
import { defaultBoot, extendPcrs, type SimulatedEvent, writeEventLog } from './event-log.ts';
import {
  type AttestHeaderFields,
  nameOf,
  type PcrSelectionFields,
  type PublicAreaFields,
  pcrMask,
  signStructure,
  sized,
  type TpmHashName,
  type TpmSignatureFields,
  tpmAlgorithms,
  tpmAttributes,
  u16be,
  u32be,
  writeAttest,
  writePublicArea,
  writeSelections,
} from './structures.ts';

/** What kind of vTPM to make. */
export interface VtpmOptions {
  /** Signs quotes and certifications. Default: a new RSA key of 2048 bits. */
  readonly attestationKey?: KeyPair;
  /** Default: a new RSA key of 2048 bits. */
  readonly encryptionKey?: KeyPair;
  /** Default: firmware, secure boot, a boot loader. */
  readonly boot?: readonly SimulatedEvent[];
}

/** What may differ from a faultless attestation, of whatever. */
export interface TpmAttestOptions {
  readonly header?: Partial<AttestHeaderFields>;
  readonly signature?: Partial<TpmSignatureFields>;
  /** Signs instead of the attestation key. */
  readonly signWith?: KeyPair;
  /** Changes the structure before it is signed. */
  readonly mutateSigned?: (attest: Buffer) => Uint8Array;
}

/** A quote and what may differ from a faultless one. */
export interface TpmQuoteOptions extends TpmAttestOptions {
  /** Default: 0 to 7. */
  readonly pcrs?: readonly number[];
  /** The banks that the quote says it covers. Default: SHA-256 with the PCRs. */
  readonly selections?: readonly PcrSelectionFields[];
  /** Default: the digest of the selected values. */
  readonly pcrDigest?: Bytes;
}

/** A certification and what may differ from a faultless one. */
export interface TpmCertifyOptions extends TpmAttestOptions {
  /** The name that is certified. Default: that of the encryption key. */
  readonly name?: Bytes;
  readonly qualifiedName?: Bytes;
}

/** An attestation and its signature. */
export interface SignedAttest {
  readonly attest: Buffer;
  readonly signature: Buffer;
}

const { fixedTpm, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign, decrypt, noDictionaryAttack } =
  tpmAttributes;
const ownOrigin = fixedTpm | fixedParent | sensitiveDataOrigin;
const firmwarePcrs = [0, 1, 2, 3, 4, 5, 6, 7];

/** A vTPM. Everything it makes is valid unless the options say otherwise. */
export class SimulatedVtpm {
  readonly attestationKey: KeyPair;
  readonly encryptionKey: KeyPair;
  readonly boot: readonly SimulatedEvent[];

  constructor({ attestationKey, encryptionKey, boot }: Required<VtpmOptions>) {
    this.attestationKey = attestationKey;
    this.encryptionKey = encryptionKey;
    this.boot = boot;
  }

  /** The values of some PCRs. */
  pcrs(numbers: readonly number[] = firmwarePcrs, bank: TpmHashName = 'sha256'): Map<number, Buffer> {
    const all = extendPcrs(this.boot, bank);
    return new Map([...all].filter(([pcr]) => numbers.includes(pcr)));
  }

  /** The log of the boot. */
  eventLog(banks: readonly TpmHashName[] = ['sha256']): Buffer {
    return writeEventLog(this.boot, banks);
  }

  /** TPM2B_PUBLIC of the attestation key. */
  attestationKeyArea(fields: Partial<PublicAreaFields> = {}): Buffer {
    const attributes = ownOrigin | userWithAuth | restricted | sign;
    const isRsa = this.attestationKey.publicKey.asymmetricKeyType === 'rsa';
    const scheme = Buffer.concat([u16be(isRsa ? 0x0014 : 0x0018), u16be(tpmAlgorithms.sha256)]);
    return writePublicArea(this.attestationKey, {
      nameAlg: tpmAlgorithms.sha256,
      attributes,
      authPolicy: '',
      scheme,
      ...fields,
    });
  }

  /** TPM2B_PUBLIC of the encryption key, which decrypts only while PCRs have their present values. */
  encryptionKeyArea(fields: Partial<PublicAreaFields> = {}, pcrs: readonly number[] = firmwarePcrs): Buffer {
    return writePublicArea(this.encryptionKey, {
      nameAlg: tpmAlgorithms.sha256,
      attributes: ownOrigin | noDictionaryAttack | decrypt,
      authPolicy: this.pcrPolicy(pcrs),
      ...fields,
    });
  }

  /** The digest of TPM2_PolicyPCR over present values. */
  pcrPolicy(pcrs: readonly number[]): Buffer {
    const selection = writeSelections([{ algorithm: tpmAlgorithms.sha256, mask: pcrMask(pcrs) }]);
    const command = Buffer.concat([u32be(0x17f), selection, this.#digestOf(pcrs, 'sha256')]);
    return createHash('sha256').update(Buffer.alloc(32)).update(command).digest();
  }

  #digestOf(pcrs: readonly number[], hash: TpmHashName): Buffer {
    const digest = createHash(hash);
    for (const value of this.pcrs(pcrs).values()) digest.update(value);
    return digest.digest();
  }

  #signed(type: number, attested: Uint8Array, options: TpmAttestOptions): SignedAttest {
    const header = {
      magic: 0xff544347,
      type,
      qualifiedSigner: nameOf(this.attestationKeyArea()),
      extraData: '',
      clock: 4_711n,
      resetCount: 3,
      restartCount: 1,
      safe: 1,
      firmwareVersion: 0x2020_0312_0012_0003n,
      ...options.header,
    };
    const plain = writeAttest(header, attested);
    const attest = Buffer.from(options.mutateSigned?.(plain) ?? plain);
    const form = this.attestationKey.publicKey.asymmetricKeyType === 'rsa' ? 'bare' : 'structure';
    const fields = { hash: 'sha256', form, ...options.signature } as const;
    return { attest, signature: signStructure(attest, options.signWith ?? this.attestationKey, fields) };
  }

  /** TPM2_Quote. */
  quote(options: TpmQuoteOptions = {}): SignedAttest {
    const pcrs = options.pcrs ?? firmwarePcrs;
    const selections = options.selections ?? [{ algorithm: tpmAlgorithms.sha256, mask: pcrMask(pcrs) }];
    const digest = options.pcrDigest ?? this.#digestOf(pcrs, options.signature?.hash ?? 'sha256');
    return this.#signed(0x8018, Buffer.concat([writeSelections(selections), sized(digest)]), options);
  }

  /** TPM2_Certify of the encryption key. */
  certify(options: TpmCertifyOptions = {}): SignedAttest {
    const name = options.name ?? nameOf(this.encryptionKeyArea());
    return this.#signed(0x8017, Buffer.concat([sized(name), sized(options.qualifiedName ?? name)]), options);
  }

  /** TPM2_RSA_Decrypt with RSAES under the encryption key. */
  decrypt(ciphertext: Uint8Array): Buffer {
    return privateDecrypt({ key: this.encryptionKey.privateKey, padding: constants.RSA_PKCS1_PADDING }, ciphertext);
  }
}

/** Makes a vTPM. */
export async function createSimulatedVtpm(options: VtpmOptions = {}): Promise<SimulatedVtpm> {
  const keyBits = 2048;
  return new SimulatedVtpm({
    attestationKey: options.attestationKey ?? (await generateRsaKeys(keyBits)),
    encryptionKey: options.encryptionKey ?? (await generateRsaKeys(keyBits)),
    boot: options.boot ?? defaultBoot(),
  });
}
