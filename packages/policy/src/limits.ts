/**
 * Limits of policies and evaluations: fixed counts, never wall-clock time, so that verdicts are repeatable (policy language, section 11).
 */

/** The limits of a policy text and of one evaluation. */
export const limits = {
  /** UTF-8 bytes of a policy text. */
  textBytes: 128 * 1024,
  /** Rules of all sections together. */
  rules: 1000,
  conditionsPerRule: 64,
  testsPerCondition: 64,
  /** Nesting of function calls. */
  callDepth: 16,
  /** UTF-16 units of a literal query. */
  literalQueryLength: 16 * 1024,
  /** UTF-16 units of a computed query. */
  computedQueryLength: 64 * 1024,
  /** Nesting of a JMESPath expression. */
  queryDepth: 64,
  /** Nesting of a JSON document, read or written. */
  jsonDepth: 128,
  /** Incoming claims, including those that rules add. */
  claims: 10_000,
  /** UTF-16 units of one string value. */
  valueLength: 1024 * 1024,
  /** UTF-16 units of the types and values of all outgoing claims. */
  outgoingLength: 1024 * 1024,
  /** UTF-16 units of all strings that one evaluation creates. */
  madeLength: 32 * 1024 * 1024,
  /** Units of work of one evaluation, including the explanation of its refusal. */
  work: 5_000_000,
  /**
   * Cells in use at once by JSON values and computed queries of one evaluation. A cell is about 32 bytes: a JSON number or string takes 1,
   * an array 6 and an object 8 without their contents, a member 3 without its value, a node of a query 8.
   */
  cells: 1_000_000,
  /** The number of errors after which reading stops, and the maximum number of warnings and of lints. */
  diagnostics: 100,
  /** Units of work of a trace, in addition; the trace is cut off there. */
  traceWork: 5_000_000,
  /** UTF-16 units of all strings that a trace shows. */
  traceLength: 4 * 1024 * 1024,
} as const;
