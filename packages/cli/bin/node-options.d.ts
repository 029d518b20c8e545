/** See `node-options.js`. `cores`: how many the process may use. */
export declare const nodeOptionsFor: (cores: number) => readonly string[];
