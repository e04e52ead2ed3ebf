#include "expressions/lifted/lifted_curvature.hpp"

#include "core/index.hpp"

namespace nonconvex {

LiftedCurvature::LiftedCurvature(const LiftedProgram& program, const LiftedDerivatives& values) {
  shapes_.assign(at(program.count()), {});
  for (int j = 0; j < program.variables; ++j) shapes_[at(j)] = {.convex = true, .concave = true};
  std::vector<char> perspectives(at(program.count()), 0);
  for (const LiftedAtom& atom : program.atoms) {
    const bool isPerspective = atom.kind == LiftedAtom::Kind::perspective;
    const bool known = isPerspective && values.value(atom.x).low >= 0 && values.value(atom.y).low >= 0;
    if (known) perspectives[at(atom.w)] = 1;
  }
  for (int column = program.variables; column < program.count(); ++column) {
    const LiftedDefinition& made = program.definitions[at(column - program.variables)];
    Shape& shape = shapes_[at(column)];
    if (made.row >= 0) {
      shape = ofRow(program, program.rows[at(made.row)]);
      continue;
    }
    if (made.atom < 0) continue;
    const LiftedAtom& atom = program.atoms[at(made.atom)];
    if (atom.w != column) continue;  // a quotient
    if (atom.kind == LiftedAtom::Kind::function) {
      shape = ofFunction(atom, values.value(atom.x));
    } else {
      shape.logConvex = of(atom.x).logConvex && of(atom.y).logConvex;
      shape.convex = shape.logConvex;
    }
    if (perspectives[at(column)] == 0) continue;
    // x log(x / y) of affine x and y, whose product with the logarithm this is.
    for (const LiftedAtom& other : program.atoms) {
      if (other.kind != LiftedAtom::Kind::perspective || other.w != column) continue;
      shape.convex = shape.convex || (isAffine(other.x) && isAffine(other.y));
    }
  }
}

/// The shape of the sum that a row defines, whose last entry is the column itself.
LiftedCurvature::Shape LiftedCurvature::ofRow(const LiftedProgram& program, const LiftedRow& row) const {
  Shape sum = {.convex = true, .concave = true, .logConvex = row.count > 1 && row.upper <= 0};
  for (int k = 0; k + 1 < row.count; ++k) {
    const Interval factor = program.coefficient(row, k);
    const Shape& part = of(program.indexOf(row)[at(k)]);
    const bool rises = factor.low >= 0, falls = factor.high <= 0;
    sum.convex = sum.convex && ((rises && part.convex) || (falls && part.concave) || (part.convex && part.concave));
    sum.concave = sum.concave && ((rises && part.concave) || (falls && part.convex) || (part.convex && part.concave));
    sum.logConvex = sum.logConvex && factor.low > 0 && part.logConvex;
  }
  return sum;
}

LiftedCurvature::Shape LiftedCurvature::ofFunction(const LiftedAtom& atom, Interval range) const {
  const Univariate& g = atom.function;
  const Shape& inner = of(atom.x);
  const bool affine = inner.convex && inner.concave;
  const Bend bend = bendOver(g, range);
  const Interval slope = derivativeImage(g, range);
  const bool rises = slope.low >= 0, falls = slope.high <= 0;
  Shape made;
  made.convex = bend == Bend::convex && (affine || (rises && inner.convex) || (falls && inner.concave));
  made.concave = bend == Bend::concave && (affine || (rises && inner.concave) || (falls && inner.convex));
  made.logConvex = !g.entropy && g.op == Op::exp && inner.convex;
  if (!g.entropy && g.op == Op::log && inner.logConvex) made.convex = true;
  return made;
}

bool LiftedCurvature::isConvex(std::span<const Interval> weights) const {
  for (std::size_t j = 0; j < weights.size(); ++j) {
    const Shape& shape = shapes_[j];
    const Interval weight = weights[j];
    const bool none = weight.low == 0 && weight.high == 0;
    if (none || (shape.convex && shape.concave)) continue;
    if (!(weight.low >= 0 && shape.convex) && !(weight.high <= 0 && shape.concave)) return false;
  }
  return true;
}

}  // namespace nonconvex
