/** Generates the reference pages under docs/ from the code's own tables; `--check` fails when a page is stale. */
