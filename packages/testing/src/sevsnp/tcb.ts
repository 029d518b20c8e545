/** Security patch levels of an SEV-SNP platform. Source: AMD 56860, TCB_VERSION. */
import { type Bytes, exactly } from '../bytes/layout.ts';

/** Product families as AMD's key distribution service names them. */
export type SnpProduct = 'Milan' | 'Genoa' | 'Turin';

/** One TCB version. */
export interface SnpTcbLevels {
  /** Turin only. */
  readonly fmc?: number;
  readonly bootLoader: number;
  readonly tee: number;
  readonly snp: number;
  readonly microcode: number;
}

/** The 8 bytes of a TCB version. */
export function writeSnpTcb(tcb: SnpTcbLevels | Bytes, product: SnpProduct): Buffer {
  if (typeof tcb === 'string' || tcb instanceof Uint8Array) return exactly(tcb, 8, 'TCB_VERSION');
  const { fmc = 0, bootLoader, tee, snp, microcode } = tcb;
  return product === 'Turin'
    ? Buffer.of(fmc, bootLoader, tee, snp, 0, 0, 0, microcode)
    : Buffer.of(bootLoader, tee, 0, 0, 0, 0, snp, microcode);
}
