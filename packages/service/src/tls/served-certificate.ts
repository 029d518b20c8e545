/** The certificate that a running server shows: renewed files are picked up by themselves, and its end is told ahead. */
import { X509Certificate } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { reportExpiry } from '../health/expiry.ts';
import type { HealthReporter } from '../health/health.ts';
import type { TlsMaterial } from './material.ts';

/** What it needs. */
export interface ServedCertificateParts {
  /** What the server shows since it was made. */
  readonly material: TlsMaterial;
  /** Reads the configured files. Throws when key and certificate do not fit. */
  readonly read: () => Promise<TlsMaterial>;
  /** Makes the server show other material from the next connection on. */
  readonly show: (material: TlsMaterial) => void;
  readonly reporter: HealthReporter;
  readonly log: { info(line: object, message: string): void; error(line: object, message: string): void };
  readonly clock: () => Date;
}

/** How often the files are looked at. */
const lookMs = 10_000;

/** One served certificate. */
export class ServedCertificate {
  readonly #parts: ServedCertificateParts;
  #shown: TlsMaterial;
  #read: () => Promise<TlsMaterial>;
  #fault: string | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(parts: ServedCertificateParts) {
    this.#parts = parts;
    this.#shown = parts.material;
    this.#read = parts.read;
    this.#report();
  }

  /** Looks at the files now and then; returns what ends that. */
  watch(): () => Promise<void> {
    const timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, lookMs).unref();
    return async () => {
      clearInterval(timer);
      await this.#looking;
    };
  }

  /** Shows other material, which `read` gives from now on. */
  replace(material: TlsMaterial, read: () => Promise<TlsMaterial>): void {
    this.#read = read;
    this.#fault = undefined;
    if (!isDeepStrictEqual(material, this.#shown)) this.#show(material);
    this.#report();
  }

  /** Certificate and key are written one after the other: a pair that does not fit is read again at the next look, and the old one still serves. */
  async #look(): Promise<void> {
    const read = this.#read;
    try {
      const material = await read();
      if (read !== this.#read) return;
      this.#fault = undefined;
      if (!isDeepStrictEqual(material, this.#shown)) this.#show(material);
    } catch (error) {
      const fault = error instanceof Error ? error.message : 'the files cannot be read';
      if (fault !== this.#fault)
        this.#parts.log.error(
          { event: 'tls-certificate', reason: fault },
          'the renewed certificate is refused; the old one still serves',
        );
      this.#fault = fault;
    }
    this.#report();
  }

  #show(material: TlsMaterial): void {
    this.#parts.show(material);
    this.#shown = material;
    const [leaf] = certificatesIn(material.certificate);
    const line = { event: 'tls-certificate', subject: leaf?.subject, expires: leaf?.validToDate };
    this.#parts.log.info(line, 'another TLS certificate is served');
  }

  #report(): void {
    const things = certificatesIn(this.#shown.certificate).map(({ subject, validToDate }) => ({
      what: `the TLS certificate ${subject.replaceAll('\n', ', ')}`,
      expires: validToDate,
      remedy: 'write a renewed certificate and its key to tls.certificateFile and tls.keyFile',
    }));
    reportExpiry(this.#parts.reporter, things, this.#parts.clock());
  }
}

/** The certificates of a PEM file: the server's own, then its chain. */
function certificatesIn(pem: string): X509Certificate[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => new X509Certificate(block));
}
