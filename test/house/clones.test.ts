// Functions that are compiled for several processors (NONCONVEX_CLONES) take numbers, pointers, references and spans. Where each call chooses
// among the versions (musl, Windows), the choice by Clang 19 overwrites its caller's memory if an argument is a larger structure, which
// travels on the stack: a wrong address in the caller, far from here.
import { expect, it } from 'vitest';
import { readSources } from './sources.js';

const passed = /^(?!.*[&*])(?:const\s+)?(?:Mat|Vec|std::(?:vector|function|string|array))\b/;

function byValue(text: string): string[] {
  const declarations = text.matchAll(/NONCONVEX_CLONES\s+([^(]*\([^()]*\))\s*\{/g);
  return [...declarations].flatMap(([, declaration]) => {
    const [name = '', parameters = ''] = (declaration as string).split('(');
    const parts = parameters
      .replace(/<[^<>]*>/g, '')
      .replace(')', '')
      .split(',');
    return parts.filter((part) => passed.test(part.trim())).map((part) => `${name.trim()}: ${part.trim()}`);
  });
}

it('finds a structure that is passed by value', () => {
  const cloned = (parameters: string) => byValue(`NONCONVEX_CLONES void f(${parameters}) {\n}`);
  expect(cloned('int n, Mat<const double> x, double* y')).toEqual(['void f: Mat x']);
  expect(cloned('std::span<const int> rows, const Mat<double>& x, const double* y')).toEqual([]);
});

it('passes no structure by value to functions for several processors', () => {
  const sources = readSources('native', ['.cpp', '.hpp']);
  const found = [...sources].flatMap(([file, text]) => byValue(text).map((one) => `${file}: ${one}`));
  expect(found).toEqual([]);
});

it('has vectors of 64 bytes where a function has a body for each width only, as GCC makes scalars of them on other processors', () => {
  const sources = readSources('native', ['.cpp', '.hpp']);
  const found = [...sources].filter(([, text]) => text.includes('vector_size(64)')).map(([file]) => file);
  expect(found).toEqual([]);
});
