/**
 * Signing keys in a hardware security module: made there, used there, never seen here. Any module with a PKCS#11 library will do.
 * Source: OASIS PKCS#11 2.40.
 */
import { type KeyObject, randomBytes } from 'node:crypto';
import { createRequire } from 'node:module';
import {
  certifyHeldKey,
  type HeldSigningKey,
  heldSigningKeyOf,
  type PublishedKey,
  type SigningAlgorithm,
  type SigningKeyRequest,
  type TokenOutcome,
} from '@atesto/token';
import type * as Pkcs11 from 'pkcs11js';
import { ConfigRefused } from '../../config/problem.ts';
import { generation, publicAttributes, publicKeyOf, signing } from './mechanisms.ts';
import { Sessions } from './sessions.ts';

/** Which token of which library. */
export interface HsmSettings {
  /** The path of the PKCS#11 library. */
  readonly library: string;
  /** The label of the token. */
  readonly tokenLabel: string;
  readonly pin: string;
}

/** An opened token. */
export class Hsm {
  readonly #library: typeof Pkcs11;
  readonly #module: Pkcs11.PKCS11;
  readonly #sessions: Sessions;
  readonly #handles = new Map<string, Pkcs11.Handle>();

  private constructor(library: typeof Pkcs11, module: Pkcs11.PKCS11, sessions: Sessions) {
    this.#library = library;
    this.#module = module;
    this.#sessions = sessions;
  }

  /** Opens the token and logs in. Throws `ConfigRefused` with `hsm-unusable` when that fails. */
  static open({ library: path, tokenLabel, pin }: HsmSettings): Hsm {
    const library = loadBinding();
    const module = new library.PKCS11();
    try {
      module.load(path);
      // Signatures are made in several threads.
      module.C_Initialize({ flags: library.CKF_OS_LOCKING_OK });
    } catch (error) {
      module.close();
      throw unusable('signing.hsm.library', `the library cannot be loaded: ${reason(error)}`);
    }
    const slot = (): Pkcs11.Handle => slotOf(module, tokenLabel);
    const sessions = new Sessions({ library: module, constants: library, slot, pin });
    try {
      sessions.check();
    } catch (error) {
      module.C_Finalize();
      module.close();
      throw error instanceof ConfigRefused ? error : unusable('signing.hsm', `the token refuses: ${reason(error)}`);
    }
    return new Hsm(library, module, sessions);
  }

  /** Makes a key pair whose private part cannot leave the token, and its certificate. */
  async generate(request: SigningKeyRequest): Promise<TokenOutcome<HeldSigningKey>> {
    const algorithm = request.algorithm ?? 'RS256';
    const id = randomBytes(32);
    const made = await this.#generatePair(algorithm, id, request.issuer);
    const certified = await certifyHeldKey(request, made.publicKey, (bytes) => this.#sign(id, algorithm, bytes));
    if (!certified.ok) return certified;
    const kid = Buffer.from(certified.value.kid, 'base64url');
    await this.#rename(made, kid);
    return { ok: true, value: this.hold(certified.value) };
  }

  /** A key that was generated here, known by what is published of it. */
  hold({ algorithm, issuer, certificate, kid }: PublishedKey): HeldSigningKey {
    const id = Buffer.from(kid, 'base64url');
    return heldSigningKeyOf(algorithm, issuer, (bytes) => this.#sign(id, algorithm, bytes), certificate);
  }

  /** Whether the token holds the private part of a key. */
  async has({ kid }: Pick<PublishedKey, 'kid'>): Promise<boolean> {
    const id = Buffer.from(kid, 'base64url');
    return this.#sessions.use(async (session) => this.#find(session, id) !== undefined);
  }

  /** Ends all sessions. */
  close(): void {
    this.#module.C_Finalize();
    this.#module.close();
  }

  #generatePair(algorithm: SigningAlgorithm, id: Buffer, label: string): Promise<GeneratedPair> {
    const lib = this.#library;
    const { mechanism, publicTemplate } = generation(lib, algorithm);
    const common = [
      { type: lib.CKA_TOKEN, value: true },
      { type: lib.CKA_ID, value: id },
      { type: lib.CKA_LABEL, value: label },
    ];
    const privateOnly = [
      { type: lib.CKA_PRIVATE, value: true },
      { type: lib.CKA_SENSITIVE, value: true },
      { type: lib.CKA_EXTRACTABLE, value: false },
      { type: lib.CKA_SIGN, value: true },
    ];
    return this.#sessions.use(async (session) => {
      const pair = await this.#module.C_GenerateKeyPairAsync(
        session,
        mechanism,
        [...common, ...publicTemplate, { type: lib.CKA_VERIFY, value: true }],
        [...common, ...privateOnly],
      );
      const template = publicAttributes(lib, algorithm);
      const values = this.#module.C_GetAttributeValue(session, pair.publicKey, template).map(({ value }) => value);
      return { publicKey: publicKeyOf(algorithm, values), handles: [pair.privateKey, pair.publicKey] };
    });
  }

  /** A key is found again by its `kid`, which is not known before it is made. */
  #rename({ handles }: GeneratedPair, id: Buffer): Promise<void> {
    return this.#sessions.use(async (session) => {
      const template = [{ type: this.#library.CKA_ID, value: id }];
      for (const handle of handles) this.#module.C_SetAttributeValue(session, handle, template);
    });
  }

  #sign(id: Buffer, algorithm: SigningAlgorithm, bytes: Uint8Array): Promise<Uint8Array> {
    const { mechanism, input, longest } = signing(this.#library, algorithm, bytes);
    return this.#sessions.use(async (session) => {
      const name = id.toString('hex');
      try {
        const key = this.#handles.get(name) ?? this.#find(session, id);
        if (key === undefined) throw new Error('the token does not hold the key');
        this.#handles.set(name, key);
        this.#module.C_SignInit(session, mechanism, key);
        return new Uint8Array(await this.#module.C_SignAsync(session, input, Buffer.alloc(longest)));
      } catch (error) {
        this.#handles.delete(name);
        throw error;
      }
    });
  }

  #find(session: Pkcs11.Handle, id: Buffer): Pkcs11.Handle | undefined {
    const lib = this.#library;
    this.#module.C_FindObjectsInit(session, [
      { type: lib.CKA_CLASS, value: lib.CKO_PRIVATE_KEY },
      { type: lib.CKA_ID, value: id },
    ]);
    try {
      return this.#module.C_FindObjects(session, 1)[0];
    } finally {
      this.#module.C_FindObjectsFinal(session);
    }
  }
}

interface GeneratedPair {
  readonly publicKey: KeyObject;
  readonly handles: readonly Pkcs11.Handle[];
}

/** The binding to PKCS#11 is compiled code and optional: most services hold their keys themselves. */
function loadBinding(): typeof Pkcs11 {
  try {
    return createRequire(import.meta.url)('pkcs11js');
  } catch {
    throw unusable(
      'signing.hsm',
      'the PKCS#11 binding pkcs11js cannot be loaded; install it beside Atesto (npm install pkcs11js), or in the repository run: npm run build:hsm',
    );
  }
}

function slotOf(module: Pkcs11.PKCS11, label: string): Pkcs11.Handle {
  const slot = module.C_GetSlotList(true).find((each) => module.C_GetTokenInfo(each).label.trim() === label);
  if (slot === undefined) throw unusable('signing.hsm.tokenLabel', 'the library shows no token of this label');
  return slot;
}

function unusable(where: string, why: string): ConfigRefused {
  return new ConfigRefused([{ code: 'hsm-unusable', where, why }]);
}

/** The name of what PKCS#11 answered, such as CKR_PIN_INCORRECT. */
function reason(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unknown';
}
