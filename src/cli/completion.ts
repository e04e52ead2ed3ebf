// `nonconvex completion SHELL`: a script with which a shell completes commands, options and their values.
import { Argument, type Command, type Option } from 'commander';
import { valuesOf } from './keywords.js';
import { print } from './print.js';

interface Completed {
  name: string;
  about: string;
  /** Words that the first argument may be; files where there are none. */
  words: readonly string[];
  options: { name: string; about: string; takesValue: boolean; values: readonly string[] }[];
}

const shells: Record<string, (program: string, commands: readonly Completed[]) => string> = { bash, zsh, fish };

/** Adds the command to the program. `programs` are all forms that the program may have, with different options. */
export function addCompletion(program: Command, programs: () => Command[]): void {
  program
    .command('completion')
    .description('Print a script with which a shell completes commands, options and values.')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
bash:  nonconvex completion bash >> ~/.bashrc
zsh:   nonconvex completion zsh > a folder of $fpath/_nonconvex
fish:  nonconvex completion fish > ~/.config/fish/completions/nonconvex.fish`,
    )
    .action((shell: string) => print((shells[shell] as (typeof shells)[string])('nonconvex', completed(programs()))));
}

/** The commands of all forms of the program, each with the options that it has in any. */
function completed(programs: readonly Command[]): Completed[] {
  const found = new Map<string, Completed>();
  for (const command of programs.flatMap((program) => [...program.commands])) {
    const name = command.name();
    const words = command.registeredArguments[0]?.argChoices ?? [];
    const each = found.get(name) ?? { name, about: command.description(), words, options: [] };
    found.set(name, each);
    const shown = command.options.filter(({ long, hidden }) => long && !hidden);
    for (const option of shown) {
      if (!each.options.some((other) => other.name === option.long)) each.options.push(optionOf(option));
    }
  }
  return [...found.values()];
}

function optionOf(option: Option): Completed['options'][number] {
  const takesValue = option.required || option.optional;
  const values = option.argChoices ?? valuesOf.get(option) ?? [];
  return { name: option.long as string, about: firstSentence(option.description), takesValue, values };
}

const firstSentence = (text: string): string => text.split(/[.:;](?:\s|$)/, 1)[0] as string;

function bash(program: string, commands: readonly Completed[]): string {
  const reply = (words: readonly string[]): string => `COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`;
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter((option) => option.values.length > 0)
      .map((option) => `    "${name} ${option.name}") ${reply(option.values)}; return ;;`),
  );
  const words = commands
    .filter((command) => command.words.length > 0)
    .map((command) => `    ${command.name}) if [ "$COMP_CWORD" -eq 2 ]; then ${reply(command.words)}; fi ;;`);
  const options = commands.map(
    (command) => `      ${command.name}) ${reply([...command.options.map(({ name }) => name), '--help'])} ;;`,
  );
  return `_${program}() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    ${reply(commands.map(({ name }) => name))}
    return
  fi
  case "$command $before" in
${values.join('\n')}
  esac
  if [[ $current == -* ]]; then
    case "$command" in
${options.join('\n')}
    esac
    return
  fi
  case "$command" in
${words.join('\n')}
  esac
}
complete -o default -F _${program} ${program}`;
}

function zsh(program: string, commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const about = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');
  const list = commands.map((command) => `    ${quoted(`${command.name}:${about(command.about)}`)}`);
  const cases = commands.map(({ name, words, options }) => {
    const specifications = options.map((option) => {
      const value = option.values.length > 0 ? `:value:(${option.values.join(' ')})` : ':value:_files';
      return quoted(`${option.name}[${about(option.about)}]${option.takesValue ? value : ''}`);
    });
    const rest = words.length > 0 ? `:word:(${words.join(' ')})` : '*:file:_files';
    return `    ${name}) _arguments ${[...specifications, quoted(rest)].join(' ')} ;;`;
  });
  return `#compdef ${program}
_${program}() {
  local -a commands=(
${list.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _${program} ${program}`;
}

function fish(program: string, commands: readonly Completed[]): string {
  const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ name, about, words, options }) => {
    const within = `complete -c ${program} -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${name} -d ${quoted(about)}`,
      ...(words.length > 0 ? [`${within} -f -a ${quoted(words.join(' '))}`] : []),
      ...options.map((option) => {
        const values = option.values.length > 0 ? ` -x -a ${quoted(option.values.join(' '))}` : ' -r';
        return `${within} -l ${option.name.slice(2)}${option.takesValue ? values : ''} -d ${quoted(option.about)}`;
      }),
    ];
  });
  return lines.join('\n');
}
