#include "solvers/nlp/minimizeGlobally/point_proof.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"
#include "methods/interval_newton/krawczyk.hpp"

namespace nonconvex {

using namespace outward;

/// The equations as functions of the chosen variables.
class PointProof::System {
 public:
  explicit System(PointProof& proof) : proof_(proof) {}

  bool values(std::span<const Interval> box, std::span<Interval> made) {
    if (!evaluate(box)) return false;
    for (std::size_t i = 0; i < proof_.equations_.size(); ++i) {
      const Equation& each = proof_.equations_[i];
      made[i] = subtract(proof_.valueOf(each.constraint), point(each.side));
    }
    return true;
  }

  bool jacobian(std::span<const Interval> box, std::span<Interval> made) {
    if (!evaluate(box)) return false;
    proof_.derivatives_.differentiate();
    std::fill(made.begin(), made.end(), Interval{0, 0});
    const std::size_t count = proof_.equations_.size();
    for (std::size_t i = 0; i < count; ++i) {
      for (const auto& [variable, slope] : proof_.gradientOf(proof_.equations_[i].constraint)) {
        const auto place = std::find(proof_.chosen_.begin(), proof_.chosen_.end(), variable);
        if (place != proof_.chosen_.end()) made[i * count + at(place - proof_.chosen_.begin())] = slope;
      }
    }
    return std::all_of(made.begin(), made.end(), [](Interval each) { return std::isfinite(each.high - each.low); });
  }

 private:
  bool evaluate(std::span<const Interval> box) {
    for (std::size_t k = 0; k < box.size(); ++k) proof_.box_[at(proof_.chosen_[k])] = box[k];
    return proof_.derivatives_.evaluate(proof_.box_);
  }

  PointProof& proof_;
};

PointProof::PointProof(const GlobalModel& model) : model_(model), derivatives_(model.lifted) {}

/// c_i over the box.
Interval PointProof::valueOf(int constraint) const {
  const LiftedProgram& lifted = model_.lifted;
  return add(derivatives_.valueOf(lifted.rows[at(lifted.constraints[at(constraint)])]),
             lifted.constants[at(constraint)]);
}

LiftedDerivatives::Gradient PointProof::gradientOf(int constraint) const {
  return derivatives_.gradientOf(model_.lifted.rows[at(model_.lifted.constraints[at(constraint)])]);
}

bool PointProof::isNear(double x, double bound) const {
  return std::abs(x - bound) <= Tuning::near * std::max(1.0, std::abs(x));
}

/// Sets the box to a point: x, with entries near their bounds at them.
void PointProof::start(std::span<const double> x) {
  box_.clear();
  for (std::size_t j = 0; j < x.size(); ++j) {
    const Interval bounds = model_.lifted.columns[j];
    box_.push_back(point(isNear(x[j], bounds.low) ? bounds.low : isNear(x[j], bounds.high) ? bounds.high : x[j]));
  }
}

/// Makes equations of the tight constraints, each at the side that is nearer.
bool PointProof::takeEquations() {
  equations_.clear();
  for (std::size_t i = 0; i < tight_.size(); ++i) {
    if (!tight_[i]) continue;
    const Interval sides = model_.constraints[i], value = valueOf(static_cast<int>(i));
    const double side = std::abs(value.low - sides.low) < std::abs(sides.high - value.high) ? sides.low : sides.high;
    if (std::isinf(side)) return false;
    equations_.push_back({static_cast<int>(i), side});
  }
  return true;
}

/// Variables that may move either way.
std::vector<int> PointProof::freeVariables() const {
  std::vector<int> made;
  for (int j = 0; j < model_.lifted.variables; ++j) {
    const Interval bounds = model_.lifted.columns[at(j)];
    const double x = box_[at(j)].low;
    if (!model_.lifted.integer[at(j)] && !isNear(x, bounds.low) && !isNear(x, bounds.high)) made.push_back(j);
  }
  return made;
}

/// Derivatives of the equations by these variables, each relative to the largest one of its equation.
std::vector<std::vector<double>> PointProof::slopesOf(std::span<const int> free) const {
  std::vector<std::vector<double>> made;
  for (const Equation& each : equations_) {
    std::vector<double>& slopes = made.emplace_back(free.size());
    double largest = 0;
    for (const auto& [variable, slope] : gradientOf(each.constraint)) {
      const double size = slope.low / 2 + slope.high / 2;
      largest = std::max(largest, std::abs(size));
      const auto place = std::lower_bound(free.begin(), free.end(), variable);
      if (place != free.end() && *place == variable) slopes[at(place - free.begin())] = size;
    }
    for (double& slope : slopes) slope /= largest > 0 ? largest : 1;
  }
  return made;
}

/// Chooses a variable for each equation, by elimination with the largest pivots; false where there is none.
bool PointProof::chooseVariables() {
  chosen_.clear();
  derivatives_.differentiate();
  const std::vector<int> free = freeVariables();
  auto slopes = slopesOf(free);
  std::vector<char> used(free.size(), 0);
  for (std::size_t step = 0; step < slopes.size(); ++step) {
    std::size_t row = step, column = 0;
    double largest = 0;
    for (std::size_t i = step; i < slopes.size(); ++i) {
      for (std::size_t j = 0; j < free.size(); ++j) {
        if (used[j] || !(std::abs(slopes[i][j]) > largest)) continue;
        largest = std::abs(slopes[i][j]);
        row = i;
        column = j;
      }
    }
    if (!(largest > Tuning::dependent)) return false;
    std::swap(slopes[step], slopes[row]);
    used[column] = 1;
    chosen_.push_back(free[column]);
    for (std::size_t i = step + 1; i < slopes.size(); ++i) {
      const double factor = slopes[i][column] / slopes[step][column];
      for (std::size_t j = 0; j < free.size(); ++j) slopes[i][j] -= factor * slopes[step][j];
    }
  }
  return true;
}

/// Sets the box of the chosen variables to one in which the equations have a solution.
bool PointProof::solve() {
  if (chosen_.empty()) return true;
  std::vector<double> x;
  for (const int j : chosen_) x.push_back(box_[at(j)].low);
  System system(*this);
  Krawczyk krawczyk(static_cast<int>(x.size()));
  if (!krawczyk.prove(system, x)) return false;
  for (std::size_t k = 0; k < chosen_.size(); ++k) box_[at(chosen_[k])] = krawczyk.box()[k];
  return true;
}

/// Returns true if bounds and all constraints but the equations hold in the box; sets `tight` for those that do not.
bool PointProof::holds(std::vector<char>& tight) const {
  bool all = true;
  for (int j = 0; j < model_.lifted.variables; ++j) {
    const Interval bounds = model_.lifted.columns[at(j)];
    if (!box_[at(j)].within(bounds.low, bounds.high)) return false;
  }
  for (std::size_t i = 0; i < tight.size(); ++i) {
    const Interval sides = model_.constraints[i];
    if (tight[i] || valueOf(static_cast<int>(i)).within(sides.low, sides.high)) continue;
    tight[i] = 1;
    all = false;
  }
  return all;
}

ProvedPoint PointProof::proved(std::span<const double> x) const {
  ProvedPoint made;
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (box_[j].low < x[j]) made.radius = std::max(made.radius, above(x[j] - box_[j].low));
    if (box_[j].high > x[j]) made.radius = std::max(made.radius, above(box_[j].high - x[j]));
  }
  made.objective = add(derivatives_.valueOf(model_.lifted.objectiveRow), model_.lifted.objective.constant).high;
  return made;
}

/// A proof where constraints that are at their sides stay there.
std::optional<ProvedPoint> PointProof::onSides(std::span<const double> x) {
  tight_.assign(model_.constraints.size(), 0);
  for (int round = 0; round < Tuning::rounds; ++round) {
    start(x);
    if (!derivatives_.evaluate(box_)) return std::nullopt;
    if (round == 0 && holds(tight_)) return proved(x);
    if (!takeEquations() || !chooseVariables() || !solve() || !derivatives_.evaluate(box_)) return std::nullopt;
    if (holds(tight_)) return proved(x);
  }
  return std::nullopt;
}

/// A direction from the point of the box in which equations change little, inequalities that are near a side get room,
/// and variables leave their bounds.
std::vector<double> PointProof::directionFrom(std::span<const double> x) {
  const int n = static_cast<int>(x.size());
  DualSimplex program(n + 1);
  std::vector<double> cost(at(n) + 1), lower(at(n) + 1), upper(at(n) + 1);
  cost[at(n)] = -1;
  upper[at(n)] = 1;
  for (std::size_t j = 0; j < x.size(); ++j) {
    if (model_.lifted.integer[j]) continue;
    const Interval bounds = model_.lifted.columns[j];
    const bool atLow = isNear(x[j], bounds.low), atHigh = isNear(x[j], bounds.high);
    const double size = std::max(1.0, std::abs(x[j]));
    if (!atLow) lower[j] = -std::min(size, x[j] - bounds.low);
    if (!atHigh) upper[j] = std::min(size, bounds.high - x[j]);
    cost[j] = (atHigh ? Tuning::leave : atLow ? -Tuning::leave : 0) / (n * size);
  }
  program.setBounds(lower, upper);
  program.setCost(cost);
  for (std::size_t i = 0; i < model_.constraints.size(); ++i) {
    const Interval sides = model_.constraints[i], value = valueOf(static_cast<int>(i));
    const bool atLow = isNear(value.low, sides.low), atHigh = isNear(value.high, sides.high);
    if (!sides.isPoint() && !atLow && !atHigh) continue;
    std::vector<int> index;
    std::vector<double> slopes;
    double largest = 0;
    for (const auto& [variable, slope] : gradientOf(static_cast<int>(i))) {
      index.push_back(variable);
      slopes.push_back(slope.low / 2 + slope.high / 2);
      largest = std::max(largest, std::abs(slopes.back()));
    }
    if (!sides.isPoint()) {
      index.push_back(n);
      slopes.push_back(atLow ? -largest : largest);
    }
    program.addRow(index, slopes, atLow ? 0 : -infinity, atLow && !sides.isPoint() ? infinity : 0);
  }
  if (program.solve() != LpStatus::optimal) return {};
  return {program.x().begin(), program.x().begin() + n};
}

/// A proof beside the point, where inequalities have room.
std::optional<ProvedPoint> PointProof::beside(std::span<const double> x) {
  start(x);
  if (!derivatives_.evaluate(box_)) return std::nullopt;
  derivatives_.differentiate();
  std::vector<double> from;
  for (const Interval each : box_) from.push_back(each.low);
  const std::vector<double> direction = directionFrom(from);
  if (direction.empty()) return std::nullopt;
  for (double step = Tuning::firstStep; step <= Tuning::lastStep; step *= 10) {
    for (std::size_t j = 0; j < from.size(); ++j) {
      const Interval bounds = model_.lifted.columns[j];
      box_[j] = point(std::clamp(from[j] + step * direction[j], bounds.low, bounds.high));
    }
    for (std::size_t i = 0; i < tight_.size(); ++i) tight_[i] = model_.constraints[i].isPoint();
    if (!derivatives_.evaluate(box_) || !takeEquations() || !chooseVariables() || !solve()) continue;
    if (derivatives_.evaluate(box_) && holds(tight_)) return proved(x);
  }
  return std::nullopt;
}

std::optional<ProvedPoint> PointProof::of(std::span<const double> x) {
  const auto found = onSides(x);
  return found ? found : beside(x);
}

}  // namespace nonconvex
