/**
 * How much a policy and its evaluation may cost: fixed counts, never wall-clock, so that a verdict is repeatable
 * (policy language, section 11).
 */

/** The limits of a policy text and of one evaluation. */
export const limits = {
  /** UTF-8 bytes of a policy text. */
  textBytes: 128 * 1024,
  /** Rules of all sections together. */
  rules: 1000,
  conditionsPerRule: 64,
  testsPerCondition: 64,
  /** Function calls inside each other. */
  callDepth: 16,
  /** UTF-16 units of a query written in the policy. */
  literalQueryLength: 16 * 1024,
  /** UTF-16 units of a query that rules build. */
  computedQueryLength: 64 * 1024,
  /** Nesting of a JMESPath expression. */
  queryDepth: 64,
  /** Nesting of a JSON document, read or written. */
  jsonDepth: 128,
  /** Claims of the incoming set, those that rules add included. */
  claims: 10_000,
  /** UTF-16 units of one string value. */
  valueLength: 1024 * 1024,
  /** UTF-16 units of the types and values of all outgoing claims. */
  outgoingLength: 1024 * 1024,
  /** UTF-16 units of all strings that one evaluation makes. */
  madeLength: 32 * 1024 * 1024,
  /** Units of work of one evaluation, the explanation of its refusal included. */
  work: 5_000_000,
  /**
   * Cells that JSON values and built queries of one evaluation take at once. A cell is about 32 bytes: a number or a string of JSON takes 1,
   * an array 6 and an object 8 besides what is in it, a member 3 besides its value, a node of a query 8.
   */
  cells: 1_000_000,
  /** Errors after which a text is read no further, and the most warnings and the most informations that are told. */
  diagnostics: 100,
  /** Units of work that a trace may take besides; what is beyond is left out of it. */
  traceWork: 5_000_000,
  /** UTF-16 units of all strings that a trace shows. */
  traceLength: 4 * 1024 * 1024,
} as const;
