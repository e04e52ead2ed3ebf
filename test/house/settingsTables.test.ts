// Tables of settings say what a user can give: settings of the native library, and those that TypeScript declares beside them or
// anew.
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { declaredSettings } from '../../scripts/declaredSettings.mjs';
import { callOptions } from '../../src/core/settingNames.js';

const table = readFileSync('docs/generated/relu-settings.md', 'utf8');
const rowsOf = (name: string): string[] => table.split('\n').filter((line) => line.startsWith(`| \`${name}\` |`));

it('has settings that only TypeScript declares, with their choices and members', () => {
  expect(rowsOf('patterns')).toHaveLength(1);
  expect(rowsOf('patterns')[0]).toContain("| `'refine'`, `{ refine: ReluRefinement }`, `{ sample: number }`,");
  expect(rowsOf('patterns.refine.rounds')[0]).toContain('| `number` | 30 |');
});

it('has the default and the choices of a setting that TypeScript declares anew, once', () => {
  expect(rowsOf('standardize')).toHaveLength(1);
  expect(rowsOf('standardize')[0]).toContain("| `boolean`, `'norm'` | `true` unless `lambda` is a number;");
  expect(rowsOf('lambda')[0]).toContain("| `number`, `'auto'`, `'crossValidated'` | `'auto'` |");
});

it('finds nothing where an interface declares nothing, or there is none', () => {
  expect(declaredSettings('relu', 'NoSuchOptions')).toEqual([]);
});

/** Most settings of a verb beside its limits, what every call has and what belongs to its methods. */
const most = 12;
/** Verbs that have more. The numbers only fall. */
const exceptions: Record<string, number> = { relu: 15, sparse: 21 };

const namesIn = (page: string): string[] =>
  [...readFileSync(`docs/generated/${page}.md`, 'utf8').matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name as string);

it('has at most twelve settings at the top of a verb', () => {
  const shared = [...namesIn('limits'), 'maxEvaluations', ...callOptions];
  const pages = readdirSync('docs/generated').filter((name) => name.endsWith('-settings.md'));
  const counts = pages.map((page): [string, number] => {
    const name = page.replace('-settings.md', '');
    return [name, namesIn(`${name}-settings`).filter((each) => !shared.includes(each)).length];
  });
  expect(Object.fromEntries(counts.filter(([, count]) => count > most))).toEqual(exceptions);
});
