/**
 * Which product made a report, and how it lays out its TCB version.
 * Sources: AMD 56860 (TCB_VERSION); AMD 57230, VCEK Certificate and KDS Interface Specification.
 */
import { refuse } from '../outcome.ts';
import type { CpuId } from './report.ts';

/** KDS product names. Siena and Bergamo are Genoa's. */
export const snpProducts = ['Milan', 'Genoa', 'Turin'] as const;
/** The name of a product, as AMD's key distribution service has it. */
export type SnpProduct = (typeof snpProducts)[number];

/** Security patch levels of one TCB version. `fmc` exists on Turin only. */
export interface SnpTcb {
  readonly fmc?: number;
  readonly bootLoader: number;
  readonly tee: number;
  readonly snp: number;
  readonly microcode: number;
}

/** The parts of a TCB version, with AMD's abbreviations, in the order of the specification. */
export const tcbParts = ['fmc', 'bootLoader', 'tee', 'snp', 'microcode'] as const;
/** One part of a TCB version. */
export type SnpTcbPart = (typeof tcbParts)[number];

/** The product that CPUID values name, or a refusal. */
export function productOfCpuId({ family, model }: CpuId): SnpProduct {
  if (family === 0x19) {
    if (model <= 0x0f) return 'Milan';
    if ((model >= 0x10 && model <= 0x1f) || (model >= 0xa0 && model <= 0xaf)) return 'Genoa';
  }
  if (family === 0x1a && model <= 0x1f) return 'Turin';
  const cpu = `family ${family.toString(16)}h, model ${model.toString(16)}h`;
  return refuse('snp-product-unknown', 'report+392', `no product is known for ${cpu}`);
}

/** Decodes the 8 bytes of a TCB version. Reserved bytes must be zero. */
export function parseSnpTcb(bytes: Uint8Array, product: SnpProduct, field: string): SnpTcb {
  const [b0 = 0, b1 = 0, b2 = 0, b3 = 0, b4 = 0, b5 = 0, b6 = 0, b7 = 0] = bytes;
  const turin = product === 'Turin';
  const reserved = turin ? [b4, b5, b6] : [b2, b3, b4, b5];
  if (reserved.some((byte) => byte !== 0)) {
    refuse('snp-reserved-field', field, `reserved bytes of a ${product} TCB version must be zero`);
  }
  return turin
    ? { fmc: b0, bootLoader: b1, tee: b2, snp: b3, microcode: b7 }
    : { bootLoader: b0, tee: b1, snp: b6, microcode: b7 };
}

/** The parts in which `tcb` is below `minimum`; a part that the minimum names and the TCB lacks counts as zero. */
export function tcbShortfalls(
  tcb: SnpTcb,
  minimum: Partial<SnpTcb>,
): { part: SnpTcbPart; have: number; need: number }[] {
  return tcbParts.flatMap((part) => {
    const have = tcb[part] ?? 0;
    const need = minimum[part] ?? 0;
    return have < need ? [{ part, have, need }] : [];
  });
}
