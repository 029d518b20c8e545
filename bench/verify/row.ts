/** One line of the table. */
export interface BenchRow {
  readonly name: string;
  /** Runs a second. */
  readonly perSecond: number;
  /** This project's figure divided by this row's. */
  readonly ratio: number;
  /** The least ratio that is asked for; absent when none is. */
  readonly goal?: number;
}
