// Records: files with every result of a build to the last bit, so that a later one can be compared with it.
import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';

/** `record` is { build, node, cpu, parts }, of which `parts` has a list of { part, threads, cases: [{ name, ...answer }] }. */
export function writeRecord(path, record) {
  writeFileSync(path, gzipSync(serialize(record)));
}

export function readRecord(path) {
  try {
    const record = deserialize(gunzipSync(readFileSync(path)));
    if (Array.isArray(record.parts)) return record;
  } catch (error) {
    throw new Error(`${path}: expected a checkout or a record, got ${error.message}`);
  }
  throw new Error(`${path}: expected a checkout or a record`);
}

/** A side of a comparison whose answers are those of a record. */
export class Recorded {
  #cases;

  constructor({ parts }, threads) {
    const own = parts.filter((each) => each.threads === threads);
    if (own.length === 0) throw new Error(`--threads ${threads}: the record has ${parts.map((each) => each.threads)}`);
    this.#cases = new Map(own.map(({ part, cases }) => [part, new Map(cases.map((each) => [each.name, each]))]));
  }

  async list(part) {
    return { names: [...(this.#cases.get(part)?.keys() ?? [])], skipped: [] };
  }

  async solve(part, name) {
    return this.#cases.get(part).get(name);
  }

  end() {}
}
