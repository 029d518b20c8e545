/**
 * Loopback servers that answer like Intel's PCS, a PCCS and AMD's KDS, and that fail on demand.
 *
 * @module testing/servers
 */
export {
  type KdsContents,
  type KdsFault,
  type KdsItem,
  type KdsRequest,
  type KdsServer,
  type KdsServerOptions,
  startKdsServer,
} from '../kds/server.ts';
export type { PcsDialect, PcsFault, PcsItem, PcsRequest } from '../pcs/answers.ts';
export { type PcsServer, type PcsServerOptions, startPcsServer } from '../pcs/server.ts';
