/**
 * What every package does the same way: refusals, options, bounded bytes, strict JSON, accepted public keys. Pure, in Node and in the
 * browser. Users take what they need from the package that they use, which exports it again; `refuse`, `settle` and `Refused` are for
 * the packages of Atesto alone.
 *
 * @module core
 */
export {
  type AttestationType,
  attestationTypeClaims,
  attestationTypes,
  isAttestationType,
} from './attestation-type.ts';
export { type AttestedData, attestedBytes } from './attested-data.ts';
export { decodeBase64, decodeBase64url, encodeBase64url } from './bytes/base64.ts';
export { ByteReader, byteReaderCodes } from './bytes/byte-reader.ts';
export { decodeUtf8 } from './bytes/utf8.ts';
export type { Claims, ClaimValue } from './claims.ts';
export {
  type ConfigurationCode,
  ConfigurationError,
  checkBytes,
  checkList,
  checkObject,
  checkOptions,
  checkText,
  checkTime,
  type OptionNames,
} from './configuration.ts';
export { JsonMembers } from './json/members.ts';
export { type JsonFault, type JsonFaultKind, type JsonLimits, type JsonReading, readJson } from './json/read.ts';
export { isJsonObject, type JsonObject, type JsonValue, sameJson } from './json/value.ts';
export { writeExactJson } from './json/write.ts';
export { type Curve, type KeyFacts, type KeyUse, keyFault } from './keys/accepted.ts';
export { jwkFacts, type NodeKey, nodeKeyFacts, type WebKey, webKeyFacts } from './keys/facts.ts';
export { forbidsSignatures } from './keys/jwk.ts';
export { type Outcome, type Refusal, Refused, refuse, settle, settleAsync, unwrap } from './outcome.ts';
