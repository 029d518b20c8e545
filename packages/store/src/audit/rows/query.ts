/**
 * Finds audit rows in bounded steps. Each statement walks one index backwards over a counted number of rows and tests the rest of the filter on
 * those alone, so that no filter, however rare its matches, makes a statement read the whole table.
 */
import { type CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely';
import type { AuditEngine } from '../../database/engine.ts';
import type { AuditRow, Schema } from '../../database/schema.ts';

/** Which audit rows to find; absent: any. */
export interface AuditFilter {
  /** From this time on, in milliseconds since 1970-01-01T00:00Z. */
  readonly fromMs?: number | undefined;
  /** Before this time. */
  readonly beforeMs?: number | undefined;
  readonly provider?: string | undefined;
  readonly caller?: string | undefined;
  readonly operation?: string | undefined;
  readonly verdict?: string | undefined;
  readonly code?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly requestId?: string | undefined;
}

/** Which part of the matches to find. */
export interface AuditScanBounds {
  /** Only rows whose id is below this one; absent: from the newest. */
  readonly below?: string | undefined;
  /** At most this many matches. */
  readonly limit: number;
  /** At most this many rows are looked at. */
  readonly scanRows: number;
}

/** What a scan found, newest first. */
export interface AuditScan {
  readonly rows: readonly AuditRow[];
  /** How many rows were looked at. */
  readonly scanned: number;
  /** Go on below this id; absent: there are no more rows. */
  readonly next?: string;
}

/** The smallest id that a row of this time can have: ids begin with the time as 12 hex digits. */
export function auditIdFloor(atMs: number): string {
  return Math.max(0, Math.floor(atMs)).toString(16).padStart(12, '0');
}

const minStepRows = 500;
const maxStepRows = 5000;

interface ScannedRow extends AuditRow {
  scanned_rows: number;
  last_id: string | null;
}

/** Finds rows. Throws `Refused` with `store-unavailable`. */
export async function scanAudit(
  engine: AuditEngine,
  db: Kysely<Schema>,
  filter: AuditFilter,
  { below, limit, scanRows }: AuditScanBounds,
): Promise<AuditScan> {
  const { path, rest } = planOf(filter);
  const rows: AuditRow[] = [];
  let scanned = 0;
  let cursor = below;
  let step = rest.length === 0 ? limit + 1 : Math.max(limit + 1, minStepRows);
  while (scanned < scanRows) {
    const size = Math.min(step, scanRows - scanned);
    const query = stepQuery(db, { path: [...path, ...timeTerms(filter, cursor)], rest, size, limit: limit + 1 });
    const found = await engine.read(query);
    const [{ scanned_rows: count, last_id: last } = { scanned_rows: 0, last_id: null }] = found;
    scanned += count;
    for (const { scanned_rows: _count, last_id: _last, ...row } of found) if (row.id !== null) rows.push(row);
    if (rows.length > limit) return pageOf(rows, limit, scanned);
    if (count < size || last === null) return { rows, scanned };
    cursor = last;
    step = Math.min(maxStepRows, step * 2);
  }
  return { rows, scanned, ...(cursor === undefined ? {} : { next: cursor }) };
}

function pageOf(rows: readonly AuditRow[], limit: number, scanned: number): AuditScan {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, scanned, ...(last === undefined ? {} : { next: last.id }) };
}

type Term = RawBuilder<boolean>;

/** Terms that an index serves, and terms that are tested on the rows that it gives. The rarest comes first. */
function planOf(filter: AuditFilter): { readonly path: readonly Term[]; readonly rest: readonly Term[] } {
  const given = Object.entries({
    token_id: filter.tokenId,
    request_id: filter.requestId,
    operation: filter.operation,
    code: filter.code,
    verdict: filter.verdict,
    caller: filter.caller,
    provider: filter.provider,
  }).flatMap(([column, value]) => (value === undefined ? [] : [{ column, value }]));
  const main = given.find(({ column, value }) => common.get(column) !== value);
  const isPath = (column: string): boolean =>
    column === main?.column || (column === 'provider' && paired.has(main?.column ?? ''));
  const terms = (some: typeof given): Term[] =>
    some.map(({ column, value }) => sql<boolean>`${sql.ref(column)} = ${value}`);
  const condition = main === undefined ? undefined : common.get(main.column);
  const partial =
    condition === undefined || main === undefined
      ? []
      : [sql<boolean>`${sql.ref(main.column)} <> ${sql.lit(condition)}`];
  return {
    path: [...terms(given.filter(({ column }) => isPath(column))), ...partial],
    rest: terms(given.filter(({ column }) => !isPath(column))),
  };
}

/** The values that most rows have: they are in no index. */
const common = new Map([
  ['operation', 'attest'],
  ['verdict', 'allowed'],
]);

/** The columns that have an index together with the provider. */
const paired = new Set(['operation', 'verdict', 'code']);

function timeTerms({ fromMs, beforeMs }: AuditFilter, below: string | undefined): Term[] {
  return [
    ...(fromMs === undefined ? [] : [sql<boolean>`id >= ${auditIdFloor(fromMs)}`]),
    ...(beforeMs === undefined ? [] : [sql<boolean>`id < ${auditIdFloor(beforeMs)}`]),
    ...(below === undefined ? [] : [sql<boolean>`id < ${below}`]),
  ];
}

interface Step {
  readonly path: readonly Term[];
  readonly rest: readonly Term[];
  readonly size: number;
  readonly limit: number;
}

function stepQuery(db: Kysely<Schema>, { path, rest, size, limit }: Step): CompiledQuery<ScannedRow> {
  return sql<ScannedRow>`with scanned as (select * from audit ${where(path)} order by id desc limit ${size})
    select total.scanned_rows, total.last_id, matching.*
    from (select count(*) as scanned_rows, min(id) as last_id from scanned) total
    left join (select * from scanned ${where(rest)}) matching on true
    order by matching.id desc limit ${limit}`.compile(db);
}

function where(terms: readonly Term[]): RawBuilder<unknown> {
  return terms.length === 0 ? sql`` : sql`where ${sql.join(terms, sql` and `)}`;
}
