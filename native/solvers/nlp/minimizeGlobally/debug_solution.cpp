#include "solvers/nlp/minimizeGlobally/debug_solution.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"

namespace nonconvex {
namespace {

[[noreturn]] void lose(std::string_view step, const std::string& how) {
  throw Error(ErrorKind::solver, "debugSolution is lost by " + std::string(step) + ": " + how, "DEBUG_SOLUTION_LOST");
}

}  // namespace

DebugSolution::DebugSolution(const LiftedProgram& program, std::span<const double> x) : columns_(program.columns) {
  std::vector<Interval> near;
  for (std::size_t j = 0; j < x.size(); ++j) {
    const double radius = program.integer[j] ? 0 : Tuning::x * (1 + std::abs(x[j]));
    const double middle = program.integer[j] ? std::round(x[j]) : x[j];
    near.push_back(intersection({middle - radius, middle + radius}, program.columns[j]));
    if (near.back().isEmpty()) lose("the model", "entry " + std::to_string(j) + " is outside of its bounds");
  }
  std::copy(near.begin(), near.end(), columns_.begin());
  LiftedDerivatives values(program);
  // Near the border of a domain nothing is known of the columns that follow from it.
  const bool known = values.evaluate(near);
  for (std::size_t j = near.size(); known && j < columns_.size(); ++j) columns_[j] = values.value(static_cast<int>(j));
  objective_ = rangeOf(program.objective, columns_);
}

std::optional<double> DebugSolution::placeBeside(int column, Interval box, double place) const {
  const Interval z = columns_[at(column)];
  const double share = Tuning::beside * (box.high - box.low), away = std::isfinite(share) ? share : 0;
  const double above = z.high + away, below = z.low - away;
  if (place < below || place > above) return place;
  const double beside = box.high - above > below - box.low ? above : below;
  return away > 0 && beside > box.low && beside < box.high ? std::optional(beside) : std::nullopt;
}

bool DebugSolution::isIn(std::span<const Interval> box) const {
  for (std::size_t j = 0; j < box.size(); ++j) {
    if (intersection(box[j], columns_[j]).isEmpty()) return false;
  }
  return true;
}

void DebugSolution::expectIn(std::span<const Interval> box, std::string_view step) const {
  for (std::size_t j = 0; j < box.size(); ++j) {
    if (!intersection(box[j], columns_[j]).isEmpty()) continue;
    lose(step, "column " + std::to_string(j) + " is in [" + show(columns_[j].low) + ", " + show(columns_[j].high) +
                   "], its bounds are " + show(box[j].low) + ", " + show(box[j].high));
  }
}

void DebugSolution::expectAbove(double bound, std::string_view step) const {
  const double most = objective_.high + Tuning::objective * (1 + std::abs(objective_.high));
  if (bound > most) lose(step, "the bound " + show(bound) + " is above the objective " + show(objective_.high));
}

}  // namespace nonconvex
