// Help for people with the command line program: examples, hints for what is misspelt, completions of shells.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from './program.js';

const folder = new Folder();
afterAll(() => folder.remove());

async function output(...args: string[]): Promise<string> {
  const { code, output, errors } = await folder.run(args);
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  return output;
}

describe('nonconvex example', () => {
  const file = join(import.meta.dirname, '../../examples/relu/quickstart.mjs');

  it('lists the examples with what they begin with', async () => {
    expect(await output('example')).toMatch(/^relu\/quickstart +XOR with noise: 24 points/m);
    const list = JSON.parse(await output('example', '--json')) as { name: string; about: string }[];
    expect(list.length).toBeGreaterThan(20);
    for (const { name, about } of list) {
      expect(about.length, name).toBeGreaterThan(20);
      expect(about, name).not.toMatch(/\. [A-Z]/); // one sentence
    }
  });

  it('prints one, and copies it where nothing is yet', async () => {
    const text = readFileSync(file, 'utf8');
    expect(await output('example', 'relu/quickstart')).toBe(text);
    expect(await output('example', 'relu/quickstart.mjs', '--output', 'mine.mjs')).toBe(
      'relu/quickstart is in mine.mjs.\n',
    );
    expect(folder.read('mine.mjs')).toBe(text);
    const { code, errors } = await folder.run(['example', 'relu/quickstart', '--output', 'mine.mjs']);
    expect({ code, errors }).toEqual({ code: 2, errors: 'nonconvex: --output mine.mjs: it is there already\n' });
  });

  it('says which one was meant', async () => {
    const { code, errors } = await folder.run(['example', 'quickstrat']);
    expect(code).toBe(2);
    expect(errors).toContain("there is no example 'quickstrat': did you mean 'relu/quickstart'?");
  });
});

describe('what is misspelt', () => {
  it.each([
    [['slove', 'x.nl'], /unknown command 'slove'\n\(Did you mean solve\?\)/],
    [['exmaple'], /unknown command 'exmaple'\n\(Did you mean example\?\)/],
    [['solve', 'x.nl', '--jsno'], /unknown option '--jsno'\n\(Did you mean --json\?\)/],
    [['path', 'x.csv', '--penatly', 'mcp'], /Did you mean --penalty\?/],
    [['bench', '--only', 'nets'], /--only nets: there is no such task; they are network, lasso/],
    [['solve', 'x.nl', 'tolerence=1e-9'], /unknown keyword 'tolerence': did you mean 'tolerance'\?/],
    [['x', '-s'], /option '-s' stands before the name of the problem: nonconvex -s x/],
    [['x', '--AMPL'], /unknown option '--AMPL': did you mean -AMPL\?/],
    [['solve', 'x.nl', '-AMPL'], /-AMPL is without a command: nonconvex x\.nl -AMPL/],
    [['something'], /there is no command 'something' and no file something\.nl; nonconvex --help lists the commands/],
  ])('is answered with what was meant: %j', async (args, message) => {
    const { code, errors } = await folder.run(args);
    expect(errors).toMatch(message);
    expect(code).toBe(2);
  });

  it('is a problem of AMPL where there is one of that name', async () => {
    folder.write('solv.nl', 'no problem');
    expect((await folder.run(['solv'])).errors).toMatch(/solv\.nl.*line 1/);
  });
});

describe('nonconvex completion', () => {
  const shell = (name: string) => ['/bin', '/usr/bin'].map((path) => join(path, name)).find(existsSync);

  /** The completions of the last of the words by bash. */
  function byBash(script: string, ...words: string[]): string[] {
    const program = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_nonconvex
printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync(shell('bash') as string, ['-c', program], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  }

  it.runIf(shell('bash'))('completes commands, options, values and words in bash', async () => {
    const script = await output('completion', 'bash');
    expect(byBash(script, 'nonconvex', 'pre')).toEqual(['predict']);
    expect(byBash(script, 'nonconvex', 'solve', '--inn')).toEqual(['--inner', '--innerSteps']);
    expect(byBash(script, 'nonconvex', 'solve', '--inner', 'k')).toEqual(['krylov']);
    expect(byBash(script, 'nonconvex', 'train', '--model', '')).toEqual(['network', 'regression']);
    // Options of every model.
    expect(byBash(script, 'nonconvex', 'train', '--lamb')).toEqual(['--lambda']);
    expect(byBash(script, 'nonconvex', 'train', '--pena')).toContain('--penalty');
    expect(byBash(script, 'nonconvex', 'completion', 'z')).toEqual(['zsh']);
    // Names of files are the shell's.
    expect(byBash(script, 'nonconvex', 'solve', 'x')).toEqual([]);
  });

  it.runIf(shell('zsh'))('is a script of zsh', async () => {
    folder.write('_nonconvex', await output('completion', 'zsh'));
    const program =
      'autoload -U compinit; compinit -u -D; source ./_nonconvex; whence -w _nonconvex; print $_comps[nonconvex]';
    const options = { cwd: folder.path, encoding: 'utf8' } as const;
    expect(execFileSync(shell('zsh') as string, ['-f', '-c', program], options)).toBe(
      '_nonconvex: function\n_nonconvex\n',
    );
  });

  it.runIf(shell('fish'))('completes in fish', async () => {
    folder.write('nonconvex.fish', await output('completion', 'fish'));
    const complete = (line: string): string[] =>
      execFileSync(shell('fish') as string, ['-N', '-c', `source nonconvex.fish; complete -C '${line}'`], {
        cwd: folder.path,
        encoding: 'utf8',
      })
        .split('\n')
        .filter(Boolean)
        .map((each) => each.split('\t')[0] as string);
    expect(complete('nonconvex pre')).toEqual(['predict']);
    expect(complete('nonconvex solve --inner k')).toEqual(['krylov']);
    expect(complete('nonconvex solve --rep')).toContain('--report');
  });
});
