// Models that outlive the service: one file each, in a folder.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadModel, saveModel } from 'nonconvex/exchange';

/** What a model may be called. */
export const namePattern = '^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$';

export class Store {
  #folder;
  #models = new Map();
  /** By name, what is being saved: the next of that name waits for it. */
  #saving = new Map();

  /** Reads what an earlier service has kept, and removes what it did not come to the end of. */
  static async open(folder) {
    const store = new Store();
    store.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const file of readdirSync(folder)) {
      if (file.endsWith('.tmp')) rmSync(join(folder, file));
      if (file.endsWith('.json')) store.#models.set(basename(file, '.json'), await loadModel(join(folder, file)));
    }
    return store;
  }

  get names() {
    return [...this.#models.keys()].sort();
  }

  get(name) {
    return this.#models.get(name);
  }

  /** Resolves when the model is on the disk. Where it cannot be, as the disk is full, one of that name that was kept before still is. */
  save(name, model) {
    const before = this.#saving.get(name) ?? Promise.resolve();
    const saved = before
      .catch(() => {})
      .then(() => saveModel(join(this.#folder, `${name}.json`), model))
      .then(() => void this.#models.set(name, model))
      .finally(() => {
        if (this.#saving.get(name) === saved) this.#saving.delete(name);
      });
    this.#saving.set(name, saved);
    return saved;
  }
}
