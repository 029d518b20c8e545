/** Serves the TLS certificate, picks up renewed files automatically, and warns before it expires. */
import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { reportExpiry } from '../health/expiry.ts';
import type { HealthReporter } from '../health/health.ts';
import type { TlsMaterial } from './material.ts';

/** What {@link ServedCertificate} needs. */
export interface ServedCertificateDeps {
  /** The material with which the server was created. */
  readonly material: TlsMaterial;
  /** Reads the configured files. Throws when key and certificate do not match. */
  readonly read: () => Promise<TlsMaterial>;
  /** Makes the server use other material for new connections. */
  readonly show: (material: TlsMaterial) => void;
  readonly reporter: HealthReporter;
  readonly log: { info(line: object, message: string): void; error(line: object, message: string): void };
  readonly clock: () => Date;
}

/** How often the files are read. */
const pollMs = 10_000;

/** The certificate of one server. */
export class ServedCertificate {
  readonly #deps: ServedCertificateDeps;
  #shown: TlsMaterial;
  #read: () => Promise<TlsMaterial>;
  #fault: string | undefined;
  #polling: Promise<void> = Promise.resolve();

  constructor(deps: ServedCertificateDeps) {
    this.#deps = deps;
    this.#shown = deps.material;
    this.#read = deps.read;
    this.#report();
  }

  /** Polls the files; the returned function stops that. */
  watch(): () => Promise<void> {
    const timer = setInterval(() => {
      this.#polling = this.#polling.then(() => this.#poll());
    }, pollMs).unref();
    return async () => {
      clearInterval(timer);
      await this.#polling;
    };
  }

  /** Serves other material; from now on `read` reads the files. */
  replace(material: TlsMaterial, read: () => Promise<TlsMaterial>): void {
    this.#read = read;
    this.#fault = undefined;
    if (!isDeepStrictEqual(material, this.#shown)) this.#show(material);
    this.#report();
  }

  /** Certificate and key are not written at the same instant: a pair that does not match is read again at the next poll, and the old one stays. */
  async #poll(): Promise<void> {
    const read = this.#read;
    try {
      const material = await read();
      if (read !== this.#read) return;
      this.#fault = undefined;
      if (!isDeepStrictEqual(material, this.#shown)) this.#show(material);
    } catch (error) {
      const fault = error instanceof Error ? error.message : 'the files cannot be read';
      if (fault !== this.#fault)
        this.#deps.log.error(
          { event: 'tls-certificate', reason: fault },
          'the renewed certificate is refused; the old one stays in use',
        );
      this.#fault = fault;
    }
    this.#report();
  }

  #show(material: TlsMaterial): void {
    this.#deps.show(material);
    this.#shown = material;
    const [leaf] = certificatesIn(material.certificate);
    const line = { event: 'tls-certificate', subject: leaf?.subject, expires: leaf?.validToDate };
    this.#deps.log.info(line, 'a renewed TLS certificate is in use');
  }

  #report(): void {
    const things = certificatesIn(this.#shown.certificate).map(({ subject, validToDate }) => ({
      what: `the TLS certificate ${subject.replaceAll('\n', ', ')}`,
      expires: validToDate,
      remedy: 'write a renewed certificate and its key to tls.certificateFile and tls.keyFile',
    }));
    reportExpiry(this.#deps.reporter, things, this.#deps.clock());
  }
}

/** The certificates of a PEM file: the server's own, then its chain. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
