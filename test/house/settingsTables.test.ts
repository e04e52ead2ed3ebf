// Tables of settings say what a user can give: settings of the native library, and those that TypeScript declares beside them or
// anew.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { declaredSettings } from '../../scripts/declaredSettings.mjs';

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
