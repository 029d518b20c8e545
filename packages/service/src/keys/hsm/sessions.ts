/** Sessions with one token of a PKCS#11 library: each does one thing at a time, a broken one is replaced. Source: PKCS#11 2.40, section 5.6. */
import type { Handle, PKCS11 } from 'pkcs11js';

/** What sessions need of the library's constants. */
export interface SessionConstants {
  readonly CKF_SERIAL_SESSION: number;
  readonly CKF_RW_SESSION: number;
  readonly CKU_USER: number;
  readonly CKR_USER_ALREADY_LOGGED_IN: number;
}

/** Where sessions are opened. */
export interface SessionPlace {
  readonly library: PKCS11;
  readonly constants: SessionConstants;
  /** Finds the slot of the token anew: it may have been taken out and put in again. */
  readonly slot: () => Handle;
  readonly pin: string;
}

/** At most so many signatures are made at the same time. */
const mostSessions = 4;

/** A pool of sessions, opened when they are needed. */
export class Sessions {
  readonly #place: SessionPlace;
  readonly #idle: Handle[] = [];
  readonly #waiting: ((session: Handle | undefined) => void)[] = [];
  #open = 0;

  constructor(place: SessionPlace) {
    this.#place = place;
  }

  /**
   * Runs work in a session of its own. Work that fails is tried once more in a new session: tokens forget sessions when they
   * are restarted.
   */
  async use<Result>(work: (session: Handle) => Promise<Result>): Promise<Result> {
    try {
      return await this.#once(work);
    } catch {
      return this.#once(work);
    }
  }

  /** Opens a first session, so that a wrong PIN or label shows at once. */
  check(): void {
    this.#idle.push(this.#begin());
  }

  async #once<Result>(work: (session: Handle) => Promise<Result>): Promise<Result> {
    const session = await this.#take();
    try {
      const result = await work(session);
      this.#give(session);
      return result;
    } catch (error) {
      this.#drop(session);
      throw error;
    }
  }

  async #take(): Promise<Handle> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#open < mostSessions) return this.#begin();
    const given = await new Promise<Handle | undefined>((resolve) => this.#waiting.push(resolve));
    return given ?? this.#take();
  }

  #give(session: Handle): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(session);
    else next(session);
  }

  #drop(session: Handle): void {
    this.#open--;
    try {
      this.#place.library.C_CloseSession(session);
    } catch {
      // The token has forgotten it already.
    }
    this.#waiting.shift()?.(undefined);
  }

  #begin(): Handle {
    const { library, constants, slot, pin } = this.#place;
    const session = library.C_OpenSession(slot(), constants.CKF_SERIAL_SESSION | constants.CKF_RW_SESSION);
    try {
      library.C_Login(session, constants.CKU_USER, pin);
    } catch (error) {
      if (!isCode(error, constants.CKR_USER_ALREADY_LOGGED_IN)) {
        library.C_CloseSession(session);
        throw error;
      }
    }
    this.#open++;
    return session;
  }
}

function isCode(error: unknown, code: number): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
