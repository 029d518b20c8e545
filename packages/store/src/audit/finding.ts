/** What a verification of the audit record finds. */

/** What is wrong with the record. */
export interface AuditFinding {
  readonly code: 'audit-row-changed' | 'audit-row-missing' | 'audit-row-inserted' | 'audit-head-invalid';
  /** The writer of the chain; of a head: `heads`. */
  readonly writer: string;
  /** Number of the row in its chain, or of the head. */
  readonly sequence: number;
  /** The last of several missing rows in a line. */
  readonly through?: number;
  readonly why: string;
}

/** The end of a chain that fits, and of which no head tells yet. */
export interface UnvouchedEnd {
  readonly writer: string;
  readonly through: number;
  readonly link: string;
}

/** What one step of a verification found. */
export interface AuditStep {
  /** How many rows were verified. */
  readonly rows: number;
  readonly findings: readonly AuditFinding[];
  readonly unvouched: readonly UnvouchedEnd[];
  /** The cursor of the step after this one; absent: all chains were walked. */
  readonly next?: string;
}
