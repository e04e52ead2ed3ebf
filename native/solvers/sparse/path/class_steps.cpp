#include "solvers/sparse/path/class_steps.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"

namespace nonconvex {

ClassSteps::ClassSteps(const Cpu& la, const SparseData& data, bool intercept, WorkingSet& set)
    : la_(la),
      data_(data),
      intercept_(intercept),
      set_(set),
      metric_(la, set.metric(), data.responses(), intercept),
      quadratic_(la, set.blocks(), metric_),
      sums_(at(data.responses())),
      moves_(at(data.responses())),
      conjugateGradients_(la) {}

bool ClassSteps::areTaken(const PenaltyAt& penalty, double tolerance) {
  if (!set_.loss().rows().coupled() || !penalty.convex()) return false;
  set_.quadratic().collectWorking(penalty, tolerance, working_);
  return metric_.numbersFor(static_cast<double>(working_.size())) <= Tuning::mostNumbers;
}

/// Collects the places of columns without penalty.
void ClassSteps::findFree(const PenaltyAt& penalty) {
  free_.clear();
  for (int e = 0; e < set_.metric().size(); ++e) {
    if (penalty.isZero() || data_.factor[at(set_.metric().column(e))] == 0) free_.push_back(e);
  }
}

bool ClassSteps::minimize(const PenaltyAt& penalty, const Goal& goal, double stretch) {
  const std::vector<int>& known = metric_.entries();
  const int responses = data_.responses();
  const GramMetric& columns = set_.metric();
  WorkingLoss& loss = set_.loss();
  if (!serve_ || !std::ranges::includes(known, working_)) {
    findFree(penalty);
    if (!metric_.set(working_, free_, data_.bounded ? Tuning::shareHeld : 1, loss.rows(), loss.first(), loss.second(),
                     stretch)) {
      return false;
    }
  }
  for (int k = 0; k < responses; ++k) sums_[at(k)] = loss.interceptSlope(k);
  quadratic_.takeOver(set_.quadratic(), known);
  for (std::size_t e = 0; e < known.size(); ++e) {
    const int place = known[e] / responses, response = known[e] % responses;
    quadratic_.q[e] = set_.quadratic().q[at(known[e])] + columns.mean(place) * sums_[at(response)];
  }
  metric_.reduce(sums_, quadratic_.q);
  quadratic_.minimize(penalty, goal);
  step_.resize(known.size());
  for (std::size_t e = 0; e < known.size(); ++e) {
    double& b = set_.quadratic().b[at(known[e])];
    step_[e] = quadratic_.b[e] - b;
    b = quadratic_.b[e];
  }
  metric_.intercepts(sums_, step_, moves_);
  for (std::size_t e = 0; e < known.size(); ++e) {
    moves_[at(known[e] % responses)] += columns.mean(known[e] / responses) * step_[e];
  }
  return true;
}

/// out := second derivatives of the loss on the support and the intercepts, with columns less their means, times v.
void ClassSteps::multiplyByCurvature(const Support& support, std::span<const double> v, std::span<double> out) {
  const std::vector<int>& entries = support.entries();
  const std::size_t count = entries.size(), n = at(data_.n());
  const int responses = data_.responses();
  const GramMetric& columns = set_.metric();
  const std::span<double> rows = set_.loss().product();
  places_.resize(at(columns.size()));
  for (int k = 0; k < responses; ++k) {
    std::fill(places_.begin(), places_.end(), 0.0);
    double shift = intercept_ ? v[count + at(k)] : 0;
    for (std::size_t e = 0; e < count; ++e) {
      if (entries[e] % responses != k) continue;
      const int place = entries[e] / responses;
      places_[at(place)] = v[e];
      shift -= columns.mean(place) * v[e];
    }
    std::ranges::fill(rows.subspan(at(k) * n, n), shift);
    columns.addProduct(places_, rows.subspan(at(k) * n, n));
  }
  set_.loss().rows().multiplyHessian(set_.loss().first(), set_.loss().second(), rows);
  for (int k = 0; k < responses; ++k) {
    const std::span<const double> r = rows.subspan(at(k) * n, n);
    sums_[at(k)] = std::accumulate(r.begin(), r.end(), 0.0);
    out[count + at(k)] = intercept_ ? sums_[at(k)] : 0;
  }
  for (std::size_t e = 0; e < count; ++e) {
    const int place = entries[e] / responses, k = entries[e] % responses;
    out[e] = columns.dot(place, rows.data() + at(k) * n) - columns.mean(place) * sums_[at(k)];
  }
  support.addCurvature(v.first(count), out.first(count));
}

/// Computes Newton's step on the support and the intercepts into the support's step.
bool ClassSteps::solveOnRows(Support& support) {
  std::vector<double>& step = support.step();
  const std::size_t count = support.entries().size(), size = count + moves_.size(), n = at(data_.n());
  step.resize(size);
  diagonal_.resize(size);
  for (std::size_t k = 0; k < moves_.size(); ++k) {
    const std::span<const double> diagonal = set_.loss().second().subspan(k * n, n);
    const double curvature = std::accumulate(diagonal.begin(), diagonal.end(), 0.0);
    step[count + k] = -set_.loss().interceptSlope(static_cast<int>(k));
    diagonal_[count + k] = std::max(curvature, Tuning::leastCurvature);
  }
  for (std::size_t e = 0; e < count; ++e) diagonal_[e] = set_.quadratic().diagonalAt(e);
  const auto multiply = [&](In d, Out out) { multiplyByCurvature(support, d, out); };
  const PcgSettings settings{Tuning::accuracyOfStep, Tuning::mostDirections};
  return conjugateGradients_.solve(step, settings, multiply, DiagonalPreconditioner{diagonal_}).steps > 0;
}

bool ClassSteps::newtonStep(const PenaltyAt& penalty) {
  Quadratic& quadratic = set_.quadratic();
  Support& support = quadratic.collectSupport(penalty);
  if (!solveOnRows(support)) return false;
  const std::vector<int>& entries = support.entries();
  step_ = quadratic.b;
  for (std::size_t e = 0; e < entries.size(); ++e) quadratic.b[at(entries[e])] += support.step()[e];
  clip(penalty, step_, quadratic.b);
  for (std::size_t k = 0; k < moves_.size(); ++k) moves_[k] = support.step()[entries.size() + k];
  return true;
}

/// Leaves coefficients within their bounds, and at 0 where they would change their sign, if the penalty has their
/// absolute values.
void ClassSteps::clip(const PenaltyAt& penalty, std::span<const double> before, std::span<double> after) const {
  set_.quadratic().clip(after);
  if (set_.blocks().joint() && penalty.of(0).l1 == 0) return;
  for (std::size_t e = 0; e < after.size(); ++e) {
    if (meetsZero(before[e], after[e])) after[e] = 0;
  }
}

namespace {

/// Adds a number to the coefficients of a column, after which they sum to 0, or the nearest one within bounds.
void centreColumn(const SparseData& data, int column, std::span<double> coefficients) {
  const int responses = data.responses();
  double move = -std::accumulate(coefficients.begin(), coefficients.end(), 0.0) / responses;
  const auto bound = [&](const std::vector<double>& all, int k) { return all[at(column + data.p() * k)]; };
  for (int k = 0; k < responses; ++k) {
    const double b = coefficients[at(k)];
    move = std::clamp(move, bound(data.lower, k) - b, bound(data.upper, k) - b);
  }
  for (int k = 0; k < responses; ++k) {
    double& b = coefficients[at(k)];
    // A coefficient whose bound has ended the move is at that bound, whatever rounding says.
    const bool low = move == bound(data.lower, k) - b, high = move == bound(data.upper, k) - b;
    b = low    ? bound(data.lower, k)
        : high ? bound(data.upper, k)
               : std::clamp(b + move, bound(data.lower, k), bound(data.upper, k));
  }
}

}  // namespace

void centreClasses(const SparseData& data, PathModel& model) {
  const std::size_t responses = at(data.responses());
  const double mean =
      std::accumulate(model.intercepts.begin(), model.intercepts.end(), 0.0) / static_cast<double>(responses);
  for (double& each : model.intercepts) each -= mean;
  std::vector<int> places;
  std::vector<double> values, column;
  for (std::size_t k = 0; k < model.columns.size();) {
    const int j = model.columns[k] % data.p();
    column.assign(responses, 0.0);
    std::size_t end = k;
    for (; end < model.columns.size() && model.columns[end] % data.p() == j; ++end) {
      column[at(model.columns[end] / data.p())] = model.values[end];
    }
    // A column without penalty and bounds has coefficients of all classes, or of none.
    const bool free = data.factor[at(j)] == 0 || model.lambda == 0;
    if (free && (data.bounded || end - k == responses)) centreColumn(data, j, column);
    for (std::size_t l = 0; l < responses; ++l) {
      if (column[l] == 0) continue;
      places.push_back(j + data.p() * static_cast<int>(l));
      values.push_back(column[l]);
    }
    k = end;
  }
  model.columns = std::move(places);
  model.values = std::move(values);
}

}  // namespace nonconvex
