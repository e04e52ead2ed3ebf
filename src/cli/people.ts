// The commands for people, as the library for command lines has them.
import { Command, CommanderError } from 'commander';
import { renamed } from '../core/check.js';
import { addBench } from './benchmark.js';
import { addCertify } from './certify.js';
import { addCompletion } from './completion.js';
import { addDag } from './dag.js';
import { addDoctor } from './doctor.js';
import { addExample } from './example.js';
import { addFit } from './fit.js';
import { addPath } from './path.js';
import { addPredict } from './predict.js';
import { addRatio, recipeNames } from './ratio.js';
import { addRisk } from './risk.js';
import { addSolve } from './solve.js';
import { title } from './title.js';
import { addTrain, modelNames } from './train.js';
import { addWorker } from './worker.js';

/** The commands, without loading the addon that options come from. */
export const commands = [
  ...[
    'solve',
    'path',
    'train',
    'predict',
    'fit',
    'ratio',
    'risk',
    'dag',
    'certify',
    'worker',
    'bench',
    'example',
    'doctor',
    'completion',
    'help',
  ],
] as const;

/** Commands that need no addon: it may be what is wrong. */
const withoutAddon: readonly (string | undefined)[] = ['doctor', 'example'];

/** The program that the arguments are for; `ended` takes the exit status. */
function programFor(args: readonly string[], signal: AbortSignal, ended: (status: number) => void): Command {
  const program = new Command('nonconvex')
    .description(
      'Minimises an objective under bounds and constraints by Newton’s method, ratios by coordinates, and fits curves, networks, score cards, graphs and regressions that select columns.',
    )
    .version(title, '-v, --version', 'show the version')
    .addHelpText(
      'after',
      '\nAs a solver for AMPL, Pyomo and JuMP: nonconvex stub -AMPL [key=value ...]; see nonconvex -?',
    )
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(withNewName(text, program, args)) });
  if (!withoutAddon.includes(args[0])) {
    addSolve(program, signal, ended);
    addPath(program, signal, ended);
    addTrain(program, args, signal, ended);
    addPredict(program, signal, ended);
    addFit(program, signal, ended);
    addRatio(program, args, signal, ended);
    addRisk(program, signal, ended);
    addDag(program, signal, ended);
    addCertify(program, signal, ended);
    addWorker(program, signal, ended);
    addBench(program, signal, ended);
  }
  addExample(program, ended);
  addDoctor(program, ended);
  addCompletion(program, () =>
    [
      ...modelNames.map((name) => ['train', '--model', name]),
      ...recipeNames.map((name) => ['ratio', '--recipe', name]),
    ].map((each) => programFor(each, signal, ended)),
  );
  return program;
}

/** An error that says the new name of an option, where the command has one for what it does not know. */
function withNewName(text: string, program: Command, [name]: readonly string[]): string {
  const old = /unknown option '--(\w+)'/.exec(text)?.[1] ?? '';
  const options = program.commands.find((command) => command.name() === name)?.options ?? [];
  const now = renamed(
    old,
    options.map((option) => option.name()),
  );
  return now === undefined ? text : `error: unknown option '--${old}': ${now}\n`;
}

/** Returns the exit status: 0 when the problem is solved, 1 when it is not, 2 when nothing was run. */
export async function people(args: string[], signal: AbortSignal): Promise<number> {
  let status = 0;
  const program = programFor(args, signal, (code) => {
    status = code;
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // It has been printed already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  return status;
}
