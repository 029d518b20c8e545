/** Lowers the priority of the thread that calls it, where the system lets threads have one of their own. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';

/** On a machine whose cores are all busy the event loop comes first. Elsewhere than on Linux it does nothing. */
export function lowerThreadPriority(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // There is no such file, or priorities are not for this process to change: the thread works as it is.
  }
}
