/** Our own extended code of `SQLITE_CANTOPEN`: the write-ahead log of an open file was removed or replaced. */
export const logReplaced = (255 << 8) | 14;
