/** With what does a server speak TLS? */

/** What a TLS server needs. */
export interface TlsMaterial {
  /** PEM. */
  readonly key: string;
  readonly passphrase: string | undefined;
  /** PEM: the certificate, then its chain. */
  readonly certificate: string;
  /** The path of the CA that a client must be made to trust; only in development. */
  readonly developmentCaFile: string | undefined;
}
