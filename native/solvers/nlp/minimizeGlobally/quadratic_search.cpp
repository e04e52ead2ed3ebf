#include "solvers/nlp/minimizeGlobally/quadratic_search.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

/// The largest sum of absolute values of the objective's terms.
double sizeOf(const BoxQuadratic& problem) {
  const std::size_t n = at(problem.size());
  std::vector<double> most(n);
  for (std::size_t i = 0; i < n; ++i) most[i] = std::max(std::abs(problem.lower[i]), std::abs(problem.upper[i]));
  double sum = std::abs(problem.constant);
  for (std::size_t i = 0; i < n; ++i) {
    double slope = std::abs(problem.c[i]);
    for (std::size_t j = 0; j < n; ++j) slope += 0.5 * std::abs(problem.row(static_cast<int>(i))[j]) * most[j];
    sum += slope * most[i];
  }
  return sum;
}

/// The problem, unless its relaxations need more memory than there is.
const BoxQuadratic& affordable(const BoxQuadratic& problem) {
  constexpr double numbers = 120;  // rounding: numbers for each pair of variables, most of them those of multipliers
  const double n = problem.size();
  requireMemory(numbers * sizeof(double) * n * n, "semidefinite relaxations of " + show(n) + " variables need");
  return problem;
}

}  // namespace

QuadraticSearch::QuadraticSearch(const Cpu& la, const GlobalModel& model, const BoxQuadratic& problem,
                                 const MinimizeGloballySettings& settings)
    : program_(model.lifted),
      hasRows_(!problem.rows.empty()),
      points_(la, model.open(), model.lifted.integer, model.constraints),
      search_(la, affordable(problem), settingsOf(settings, problem)) {}

BoxQuadraticSettings QuadraticSearch::settingsOf(const MinimizeGloballySettings& settings,
                                                 const BoxQuadratic& problem) {
  constexpr double rounding = 8 * machineEpsilon;  // rounding: of the model's objective, which the gap is about
  BoxQuadraticSettings made = {.gap = settings.tolerance,
                               .absoluteGap = settings.absoluteGap,
                               .slack = rounding * sizeOf(problem),
                               .cutoff = settings.cutoff,
                               .mostNodes = settings.maxNodes,
                               .mostOpenBytes = settings.memoryLimit,
                               .seed = settings.seed};
  made.solveLocally = [this](std::span<double> x, double& objective) {
    ++counts_.localSolves;
    const std::optional<GlobalPoint> found = points_.descend(x, program_.columns);
    if (!found) return false;
    std::copy(found->x.begin(), found->x.end(), x.begin());
    objective = found->objective;
    return true;
  };
  return made;
}

void QuadraticSearch::take(const std::optional<GlobalPoint>& point) {
  if (point && point->objective < best_.objective) best_ = *point;
}

void QuadraticSearch::consider(std::span<const double> x) { take(points_.check(x, program_.columns)); }

bool QuadraticSearch::begin(const std::vector<std::vector<double>>& starts) {
  search_.start();
  for (const std::vector<double>& start : starts) {
    consider(start);
    if (!hasRows_) continue;
    ++counts_.localSolves;
    take(points_.descend(start, program_.columns));
  }
  if (best_.known()) search_.offer(best_.x);
  takeBest();
  return true;
}

/// Takes the best point of the search.
void QuadraticSearch::takeBest() {
  if (search_.objective() >= taken_) return;
  taken_ = search_.objective();
  consider(search_.x());
}

std::optional<Status> QuadraticSearch::step() {
  const std::optional<Status> status = search_.step();
  takeBest();
  if (status && isInside(best_.x)) {
    ++counts_.localSolves;
    take(points_.descend(best_.x, program_.columns));
  }
  return status;
}

OpenBoxes QuadraticSearch::openBoxes() const {
  OpenBoxes boxes;
  search_.forEachOpen([&](const BoxQuadraticTree::Node& node, double bound) {
    if (bound >= search_.goal()) return;
    boxes.lower.insert(boxes.lower.end(), node.lower.begin(), node.lower.end());
    boxes.upper.insert(boxes.upper.end(), node.upper.begin(), node.upper.end());
    boxes.bounds.push_back(bound);
  });
  return boxes;
}

/// Returns true for a point with an entry between its bounds, which descents along coordinates find roughly.
bool QuadraticSearch::isInside(std::span<const double> x) const {
  for (std::size_t j = 0; j < x.size(); ++j) {
    const Interval box = program_.columns[j];
    if (x[j] > box.low && x[j] < box.high && program_.integer[j] == 0) return true;
  }
  return false;
}

}  // namespace nonconvex
