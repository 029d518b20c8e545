/**
 * What every package reads the same way: refusals, bounded bytes, strict JSON, accepted public keys. Pure, in Node and in the browser.
 *
 * @module core
 */
export { decodeBase64, decodeBase64url } from './bytes/base64.ts';
export { ByteReader, byteReaderCodes } from './bytes/byte-reader.ts';
export { decodeUtf8 } from './bytes/utf8.ts';
export { JsonMembers } from './json/members.ts';
export { type JsonFault, type JsonFaultKind, type JsonLimits, type JsonReading, readJson } from './json/read.ts';
export { isJsonObject, type JsonObject, type JsonValue, sameJson } from './json/value.ts';
export { writeExactJson } from './json/write.ts';
export { type Curve, type KeyFacts, type KeyUse, keyFault } from './keys/accepted.ts';
export { jwkFacts, type NodeKey, nodeKeyFacts, type WebKey, webKeyFacts } from './keys/facts.ts';
export { forbidsSignatures } from './keys/jwk.ts';
export { type Outcome, type Refusal, Refused, refuse, settle, settleAsync, unwrap } from './outcome.ts';
