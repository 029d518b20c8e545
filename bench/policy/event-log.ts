/** The log of a measured boot, as the service shows it to policies. */

const globalVariables = '8BE4DF61-93CA-11D2-AA0D-00E098032B8C';

/** A log of a faultless boot with so many events, as JSON text. */
export function eventLog(count: number): string {
  const events: object[] = [secureBoot, kernel, bitlocker, modules];
  const others = Array.from({ length: count - events.length }, (_, index) => filler(index));
  const all = [...others.slice(0, 20), ...events, ...others.slice(20)];
  return JSON.stringify({ Events: all.map((event, index) => ({ EventSeq: index, ...event })) });
}

const secureBoot = {
  EventTypeString: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
  PcrIndex: 7,
  ProcessedData: { VariableGuid: globalVariables, UnicodeName: 'SecureBoot', VariableData: 'AQ' },
};

const kernel = tagged(12, { EVENT_BOOTDEBUGGING: false, EVENT_CODEINTEGRITY: true, EVENT_WINPE: false });
const bitlocker = tagged(12, { EVENT_BITLOCKER_UNLOCK: { String: 'TpmUnlock', Value: 16 } });
const modules = tagged(13, {
  EVENT_LOADEDMODULE_AGGREGATION: [
    { EVENT_FILEPATH: '\\Windows\\system32\\winload.efi', EVENT_IMAGEVALIDATED: true },
    { EVENT_FILEPATH: '\\Windows\\system32\\drivers\\WdBoot.sys', EVENT_IMAGEVALIDATED: true },
  ],
});

function tagged(pcr: number, boundary: object): object {
  return { EventTypeString: 'EV_EVENT_TAG', PcrIndex: pcr, ProcessedData: { EVENT_TRUSTBOUNDARY: boundary } };
}

function filler(index: number): object {
  switch (index % 4) {
    case 0:
      return tagged(12, { EVENT_APPLICATION_SVN: index });
    case 1:
      return {
        EventTypeString: 'EV_EFI_VARIABLE_DRIVER_CONFIG',
        PcrIndex: 7,
        ProcessedData: { VariableGuid: globalVariables, UnicodeName: `Key${index}`, VariableData: 'oVnA5JSnlE21hn8' },
      };
    case 2:
      return tagged(13, {
        EVENT_LOADEDMODULE_AGGREGATION: [
          { EVENT_FILEPATH: `\\Windows\\system32\\drivers\\driver${index}.sys`, EVENT_IMAGEVALIDATED: true },
        ],
      });
    default:
      return { EventTypeString: 'EV_EFI_BOOT_SERVICES_APPLICATION', PcrIndex: 4 };
  }
}
