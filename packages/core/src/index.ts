export { decodeBase64, decodeBase64url } from './bytes/base64.ts';
export { ByteReader, byteReaderCodes } from './bytes/byte-reader.ts';
export { decodeUtf8 } from './bytes/utf8.ts';
export { type JsonFault, type JsonFaultKind, type JsonLimits, type JsonReading, readJson } from './json/read.ts';
export { isJsonObject, type JsonObject, type JsonValue, sameJson } from './json/value.ts';
export { type Curve, type KeyFacts, type KeyUse, keyFault } from './keys/accepted.ts';
export { jwkFacts, type NodeKey, nodeKeyFacts, type WebKey, webKeyFacts } from './keys/facts.ts';
export { forbidsSignatures } from './keys/jwk.ts';
export { type Outcome, type Refusal, Refused, refuse, settle, settleAsync, unwrap } from './outcome.ts';
