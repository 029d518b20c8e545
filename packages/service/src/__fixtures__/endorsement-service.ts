/** Simulated vendors' services of tests, over HTTPS on loopback, stopped with the test or the file that starts them. */

import { after } from 'node:test';
import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import {
  type KdsServer,
  type KdsServerOptions,
  type PcsServer,
  type PcsServerOptions,
  startKdsServer,
  startPcsServer,
} from '@atesto/testing/servers';

const material = await developmentCertificate(stateDirectory(), ['localhost', '127.0.0.1']);
const tls = { key: material.key, cert: material.certificate };

/** The CA of these services: the path of its PEM. */
export const endorsementCaFile: string = material.caFile;

/** Intel's, or a PCCS. */
export async function servePcs(options: PcsServerOptions): Promise<PcsServer> {
  const server = await startPcsServer({ tls, ...options });
  after(() => server.close());
  return server;
}

/** AMD's. */
export async function serveKds(options: KdsServerOptions): Promise<KdsServer> {
  const server = await startKdsServer({ tls, ...options });
  after(() => server.close());
  return server;
}
