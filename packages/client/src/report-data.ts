/**
 * The report data that evidence is to carry. Pulls in neither the client nor its connections.
 *
 * @module client/report-data
 */
export { type AttestedData, type PublicJwk, type RuntimeData, reportDataFor } from './attest/data.ts';
