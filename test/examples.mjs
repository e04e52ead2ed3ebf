// Runs the modules it is given, one after another, in one process, since Node and the package take a third of a second to
// start; prints a line of JSON for each, with what it printed.
import { pathToFileURL } from 'node:url';
import { format } from 'node:util';

const { write } = process.stdout;
const { log } = console;
// Bun's does not write by process.stdout.
console.log = (...values) => process.stdout.write(`${format(...values)}\n`);
for (const path of process.argv.slice(2)) {
  let output = '';
  process.stdout.write = (text) => {
    output += text;
    return true;
  };
  try {
    await import(pathToFileURL(path).href);
  } catch (error) {
    throw new Error(path, { cause: error });
  }
  process.stdout.write = write;
  log(JSON.stringify(output));
}
