#include "solvers/discrete/assign/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/interval.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "linalg/exact_sum.hpp"
#include "methods/assignment/assignment_kernels.hpp"

namespace nonconvex {

namespace {

const AssignProblem& withMemory(const AssignProblem& problem, bool copied) {
  const double rows = problem.cost.rows, columns = problem.cost.columns;
  const double own = LinearAssignment::bytes(std::min(problem.cost.rows, problem.cost.columns),
                                             std::max(problem.cost.rows, problem.cost.columns));
  requireMemory(own + (copied ? sizeof(double) * rows * columns : 0),
                "cost with " + show(problem.cost.rows) + " rows and " + show(problem.cost.columns) + " columns needs");
  return problem;
}

/// A sum of numbers that is at most the exact one.
double sumBelow(const ExactSum& sum) { return sum.low == 0 ? sum.high : outward::below(outward::below(sum.value())); }

}  // namespace

AssignSearch::AssignSearch(const Cpu& la, const AssignProblem& problem, const AssignSettings& settings)
    : la_(la),
      problem_(problem),
      settings_(settings),
      turnedRound_(problem.cost.rows > problem.cost.columns),
      rows_(std::min(problem.cost.rows, problem.cost.columns)),
      columns_(std::max(problem.cost.rows, problem.cost.columns)),
      method_(la, (withMemory(problem, needsCopy()), rows_), columns_) {}

bool AssignSearch::needsCopy() const { return turnedRound_ || settings_.maximize || problem_.cost.f64 == nullptr; }

/// The costs as the method has them, if they are not the given ones.
void AssignSearch::copyCosts() {
  constexpr int tile = 64;  // definition: rows and columns of a tile, whose lines stay in the innermost cache
  copy_.resize(at(rows_) * at(columns_));
  for (int i = 0; i < rows_; i += tile) {
    for (int j = 0; j < columns_; j += tile) {
      for (int k = i; k < std::min(i + tile, rows_); ++k) {
        double* to = copy_.data() + at(k) * at(columns_);
        for (int l = j; l < std::min(j + tile, columns_); ++l) {
          to[l] = turned(turnedRound_ ? problem_.cost(l, k) : problem_.cost(k, l));
        }
      }
    }
    la_.checkpoint();
  }
}

/// Checks costs, and bounds their sum by the least one of each row.
void AssignSearch::readCosts() {
  ExactSum sum;
  for (int i = 0; i < rows_; ++i) {
    const double* row = costs_ + at(i) * at(columns_);
    loops::assignment::RowRange range;
    loops::assignment::inspect(columns_, row, range);
    la_.checkpoint();
    for (int j = 0; (!range.valid || range.largest > LinearAssignment::Tuning::largestCost) && j < columns_; ++j) {
      const bool good =
          row[j] > -infinity && (row[j] == infinity || std::abs(row[j]) <= LinearAssignment::Tuning::largestCost);
      if (good) continue;
      const auto [first, second] = turnedRound_ ? std::pair(j, i) : std::pair(i, j);
      throwRange(entryName("cost", first, second), show(turned(row[j])),
                 settings_.maximize
                     ? "expected a number of at most 1e290 in size, or -Infinity where a pair is forbidden"
                     : "expected a number of at most 1e290 in size, or Infinity where a pair is forbidden");
    }
    sum.add(range.least);
  }
  bound_ = sumBelow(sum);
}

std::optional<Status> AssignSearch::start() {
  if (needsCopy()) copyCosts();
  costs_ = needsCopy() ? copy_.data() : problem_.cost.f64;
  readCosts();
  begin();
  completeByNearest();
  if (!problem_.start.empty()) takeStart(startPairs());
  return std::nullopt;
}

/// The pairs to begin with: a column of the method for each of its rows, or -1.
std::vector<int> AssignSearch::startPairs() const {
  std::vector<int> of(at(rows_), -1);
  std::vector<char> taken(at(problem_.cost.columns), 0);
  for (int i = 0; i < problem_.cost.rows; ++i) {
    const double given = problem_.start[at(i)];
    if (given == -1) continue;
    const std::string name = "warmStart.columnOf[" + show(i) + "]";
    require(given >= 0 && given < problem_.cost.columns && given == std::floor(given), name, given,
            "expected -1 or a column from 0 to " + show(problem_.cost.columns - 1));
    const int j = static_cast<int>(given);
    require(std::exchange(taken[at(j)], 1) == 0, name, given, "expected a column that no row before it has");
    of[at(turnedRound_ ? j : i)] = turnedRound_ ? i : j;
  }
  return of;
}

void AssignSearch::begin() {
  std::vector<double> v = turnedRound_ ? problem_.startRows : problem_.startColumns;
  if (problem_.start.empty() || v.empty()) return method_.start(costs_);
  for (double& each : v) {
    constexpr double most = LinearAssignment::Tuning::largestCost;
    each = std::clamp(turned(each), -most, most);
  }
  method_.start(costs_, v, startPairs());
}

/// Keeps an assignment if it is complete and better than the one that is known.
void AssignSearch::takeStart(std::vector<int> of) {
  for (int i = 0; i < rows_; ++i) {
    if (of[at(i)] < 0 || costs_[at(i) * at(columns_) + at(of[at(i)])] == infinity) return;
  }
  Assigned given = valued(std::move(of));
  if (!(given.objective >= best_.objective)) best_ = std::move(given);
}

/// The sum of an assignment of the method's rows.
AssignSearch::Assigned AssignSearch::valued(std::vector<int> of) const {
  ExactSum sum;
  Assigned made;
  for (int i = 0; i < rows_; ++i) {
    const double cost = costs_[at(i) * at(columns_) + at(of[at(i)])];
    sum.add(cost);
    made.size += std::abs(cost);
  }
  made.of = std::move(of);
  made.objective = sum.value();
  return made;
}

/// An assignment to return until there is a better one: rows that wait take the cheapest column that is left.
void AssignSearch::completeByNearest() {
  std::vector<int> of = method_.columnOf();
  std::vector<int> left;
  for (int j = 0; j < columns_; ++j) {
    if (method_.rowOf()[at(j)] < 0) left.push_back(j);
  }
  for (int i = 0; i < rows_; ++i) {
    if (of[at(i)] >= 0) continue;
    const double* row = costs_ + at(i) * at(columns_);
    const auto nearest = std::min_element(left.begin(), left.end(), [&](int j, int k) { return row[j] < row[k]; });
    if (row[*nearest] == infinity) return;
    of[at(i)] = *nearest;
    left.erase(nearest);
    la_.checkpoint();
  }
  best_ = valued(std::move(of));
}

std::optional<Status> AssignSearch::step() {
  if (method_.step()) return std::nullopt;
  return method_.feasible() ? finish() : Status::infeasible;
}

Status AssignSearch::finish() {
  best_ = valued(method_.columnOf());
  multipliers_ = method_.multipliers();
  bound_ = multipliers_.bound;
  return progress().residual <= settings_.tolerance ? Status::solved : Status::stalled;
}

AssignProgress AssignSearch::progress() const {
  AssignProgress now;
  if (costs_ != nullptr) now.waiting = method_.waiting();
  if (std::isnan(best_.objective) || !std::isfinite(bound_)) return now;
  now.objective = turned(best_.objective);
  (settings_.maximize ? now.upperBound : now.lowerBound) = turned(bound_);
  now.residual = boundedBelow(best_.objective, bound_, best_.size).gap;
  return now;
}

AssignSolution AssignSearch::solution() const {
  AssignSolution made;
  std::vector<int> of = best_.of, back(at(columns_), -1);
  of.resize(at(rows_), -1);
  for (int i = 0; i < rows_; ++i) {
    if (of[at(i)] >= 0) back[at(of[at(i)])] = i;
  }
  std::vector<double> u = multipliers_.u, v = multipliers_.v;
  for (double& each : u) each = turned(each);
  for (double& each : v) each = turned(each);
  if (turnedRound_) {
    std::swap(of, back);
    std::swap(u, v);
  }
  made.columnOf = std::move(of);
  made.rowOf = std::move(back);
  made.rowMultipliers = std::move(u);
  made.columnMultipliers = std::move(v);
  prove(made.certificate);
  return made;
}

void AssignSearch::prove(Certificate& certificate) const {
  if (!method_.feasible()) {
    certificate.kind = CertificateKind::global;
    certificate.proof.kind = ProofKind::hall;
    certificate.proof.rows = turnedRound_ ? method_.theirColumns() : method_.tooMany();
    certificate.proof.columns = turnedRound_ ? method_.tooMany() : method_.theirColumns();
    certificate.proof.margin = static_cast<double>(method_.tooMany().size() - method_.theirColumns().size());
  } else if (!std::isnan(best_.objective) && std::isfinite(bound_)) {
    certificate = boundedBelow(best_.objective, bound_, best_.size);
    if (settings_.maximize) certificate.upperBound = turned(std::exchange(certificate.lowerBound, unknown));
  }
}

std::string AssignSearch::explain(Status status) const {
  if (status != Status::stalled) return {};
  return "Each row has its column by shortest paths; rounding leaves a gap between the sum and its bound.";
}

}  // namespace nonconvex
