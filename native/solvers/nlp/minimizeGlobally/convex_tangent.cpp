#include "solvers/nlp/minimizeGlobally/convex_tangent.hpp"

#include <cmath>
#include <vector>

#include "core/index.hpp"
#include "expressions/lifted/lifted_curvature.hpp"

namespace nonconvex {

using namespace outward;

namespace {

/// The Lagrange function as a sum of columns and a constant.
class LiftedLagrangian {
 public:
  LiftedLagrangian(const LiftedProgram& program, std::span<const double> multipliers)
      : weights(at(program.count()), {0, 0}), constant(program.objective.constant) {
    addRow(program, program.objectiveRow, point(1));
    for (std::size_t i = 0; i < program.constraints.size(); ++i) {
      const LiftedRow& row = program.rows[at(program.constraints[i])];
      const double y = multipliers[i], side = y > 0 ? row.lower : row.upper;
      if (y == 0 || std::isinf(side)) continue;
      addRow(program, row, point(-y));
      constant = add(constant, multiply(y, point(side)));
    }
  }

  std::vector<Interval> weights;
  Interval constant;

 private:
  void addRow(const LiftedProgram& program, const LiftedRow& row, Interval factor) {
    for (int k = 0; k < row.count; ++k) {
      Interval& weight = weights[at(program.indexOf(row)[at(k)])];
      weight = add(weight, multiply(factor, program.coefficient(row, k)));
    }
  }
};

}  // namespace

double convexTangent(const LiftedProgram& program, const GlobalPoint& best) {
  if (!best.known() || best.multipliers.size() != program.constraints.size()) return -infinity;
  const std::span<const Interval> box = std::span(program.columns).first(at(program.variables));
  LiftedDerivatives derivatives(program);
  LiftedLagrangian L(program, best.multipliers);
  if (!derivatives.evaluate(box) || !LiftedCurvature(program, derivatives).isConvex(L.weights)) return -infinity;
  std::vector<Interval> place;
  for (const double x : best.x) place.push_back(point(x));
  if (!derivatives.evaluate(place)) return -infinity;
  Interval value = L.constant;
  for (int j = 0; j < program.count(); ++j) {
    const Interval weight = L.weights[at(j)];
    if (weight.low != 0 || weight.high != 0) value = add(value, multiply(weight, derivatives.value(j)));
  }
  derivatives.backward(L.weights);
  for (std::size_t j = 0; j < best.x.size(); ++j) {
    value = add(value, multiply(L.weights[j], subtract(box[j], place[j])));
  }
  return std::isnan(value.low) ? -infinity : value.low;
}

}  // namespace nonconvex
