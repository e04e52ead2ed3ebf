// Models in files.
import { readFile } from 'node:fs/promises';
import { checkPath, messageOf } from '../core/check.js';
import { replaceFile } from '../core/replaceFile.js';
import { type FittedModel, modelFromJson, modelToJson } from '../predict/models.js';

/**
 * Writes a fitted model to a file, as the JSON of `modelToJson`. The file is replaced as a whole: when the disk is full or the process
 * is ended meanwhile, a model that was there before stays.
 *
 * ```js
 * const { network } = await trainReluNetwork({ x, y });
 * await saveModel('model.json', network);
 * ```
 * @throws TypeError for what is no fitted model; Error with the code of the file system, such as `ENOSPC`, if it cannot be written.
 */
export async function saveModel(path: string | URL, model: object): Promise<void> {
  const name = checkPath('path', path);
  await replaceFile(name, `${JSON.stringify(modelToJson(model))}\n`);
}

/**
 * Reads a model that `saveModel` wrote, with the numbers that it had to the last bit.
 * @throws Error that names the file if it cannot be read or holds no model.
 */
export async function loadModel(path: string | URL): Promise<FittedModel> {
  const name = checkPath('path', path);
  const text = await readFile(name, 'utf8');
  try {
    return modelFromJson(text);
  } catch (error) {
    throw new Error(`${name}: ${messageOf(error)}`, { cause: error });
  }
}
