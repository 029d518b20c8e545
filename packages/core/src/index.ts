export { type JsonFault, type JsonFaultKind, type JsonLimits, type JsonReading, readJson } from './json/read.ts';
export { isJsonObject, type JsonObject, type JsonValue, sameJson } from './json/value.ts';
