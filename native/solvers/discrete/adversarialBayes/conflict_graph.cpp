#include "solvers/discrete/adversarialBayes/conflict_graph.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {

using ConflictTuning = ConflictGraph::Tuning;

namespace {

double distanceOf(const AdversarialBayesProblem& problem, int i, int j, double most) {
  double found = 0;
  const bool box = problem.norm == AttackNorm::inf;
  const double limit = box ? most : square(most);
  for (int k = 0; k < problem.x.columns && found <= limit; ++k) {
    const double apart = problem.x(i, k) - problem.x(j, k);
    found = box ? std::max(found, std::abs(apart)) : found + square(apart);
  }
  return box ? found : std::sqrt(found);
}

/// Calls f(j, distance) for the rows that are in conflict with row i.
template <class F>
void forConflicts(const AdversarialBayesProblem& problem, int i, double radius, F&& f) {
  const double most = 2 * radius * (1 + 2 * ConflictTuning::meets);
  for (int j = 0; j < problem.x.rows; ++j) {
    if (problem.y[at(j)] == problem.y[at(i)]) continue;
    const double distance = distanceOf(problem, std::min(i, j), std::max(i, j), most);
    if (ConflictGraph::meet(distance, radius)) f(j, distance);
  }
}

/// The solution of G t = b by Gaussian elimination, for some numbers of `set`; returns false where G is singular.
bool solveSmall(std::vector<double>& g, std::vector<double>& b) {
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::size_t pivot = k;
    for (std::size_t i = k; i < n; ++i) {
      if (std::abs(g[i * n + k]) > std::abs(g[pivot * n + k])) pivot = i;
    }
    double scale = 0;
    for (std::size_t j = 0; j < n; ++j) scale = std::max(scale, std::abs(g[j * n + j]));
    if (std::abs(g[pivot * n + k]) <= ConflictTuning::flat * scale) return false;
    for (std::size_t j = 0; j < n; ++j) std::swap(g[k * n + j], g[pivot * n + j]);
    std::swap(b[k], b[pivot]);
    for (std::size_t i = 0; i < n; ++i) {
      if (i == k) continue;
      const double factor = g[i * n + k] / g[k * n + k];
      for (std::size_t j = k; j < n; ++j) g[i * n + j] -= factor * g[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (std::size_t k = 0; k < n; ++k) b[k] /= g[k * n + k];
  return true;
}

/// The squared radius of the sphere through some of the points that is centred in their plane, if all others are inside
/// it; infinity otherwise. `gram` has the products of the points less the first one of all.
double sphereThrough(const std::vector<double>& gram, std::size_t count, unsigned set) {
  std::vector<std::size_t> chosen;
  for (std::size_t k = 0; k < count; ++k) {
    if (((set >> k) & 1U) != 0) chosen.push_back(k);
  }
  const std::size_t n = chosen.size() - 1, o = chosen[0];
  const auto product = [&](std::size_t i, std::size_t j) {  // the product of two points less the first chosen one
    return gram[i * count + j] - gram[i * count + o] - gram[o * count + j] + gram[o * count + o];
  };
  std::vector<double> g(n * n), t(n);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) g[i * n + j] = 2 * product(chosen[i + 1], chosen[j + 1]);
    t[i] = product(chosen[i + 1], chosen[i + 1]);
  }
  if (!solveSmall(g, t)) return infinity;
  const auto fromCentre = [&](std::size_t k) {  // squared distance, with the centre o + sum_i t_i (p_i - o)
    double sum = product(k, k);
    for (std::size_t i = 0; i < n; ++i) {
      sum -= 2 * t[i] * product(k, chosen[i + 1]);
      for (std::size_t j = 0; j < n; ++j) sum += t[i] * t[j] * product(chosen[i + 1], chosen[j + 1]);
    }
    return sum;
  };
  const double radius = fromCentre(o);
  double most = radius;
  for (std::size_t k = 0; k < count; ++k) most = std::max(most, fromCentre(k));
  return most;
}

}  // namespace

bool ConflictGraph::meet(double distance, double radius) {
  return distance <= 2 * radius * (1 + ConflictTuning::meets);
}

ConflictGraph::ConflictGraph(const Cpu& la, const AdversarialBayesProblem& problem, double radius)
    : begin_(at(problem.x.rows) + 1) {
  la.tasks(problem.x.rows, [&](int i) {
    std::size_t count = 0;
    forConflicts(problem, i, radius, [&](int, double) { ++count; });
    begin_[at(i) + 1] = count;
    la.checkpoint();
  });
  for (std::size_t i = 0; i + 1 < begin_.size(); ++i) begin_[i + 1] += begin_[i];
  requireMemory(static_cast<double>(begin_.back()) * sizeof(Neighbour),
                show(begin_.back() / 2) + " pairs of rows whose balls meet need");
  neighbours_.resize(begin_.back());
  la.tasks(problem.x.rows, [&](int i) {
    std::size_t place = begin_[at(i)];
    forConflicts(problem, i, radius,
                 [&](int j, double distance) { neighbours_[place++] = {.row = j, .distance = distance}; });
    la.checkpoint();
  });
}

bool haveCommonPoint(const AdversarialBayesProblem& problem, std::span<const int> rows, double radius) {
  if (problem.norm == AttackNorm::inf || rows.size() <= 2) return true;
  const std::size_t count = rows.size();
  std::vector<double> gram(count * count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (int k = 0; k < problem.x.columns; ++k) {
        const double from = problem.x(rows[0], k);
        sum += (problem.x(rows[i], k) - from) * (problem.x(rows[j], k) - from);
      }
      gram[i * count + j] = gram[j * count + i] = sum;
    }
  }
  // The smallest ball is that through some points, with their plane's centre, which has all others inside.
  const double most = square(radius * (1 + ConflictTuning::meets));
  for (unsigned set = 1; set < 1U << count; ++set) {
    if (sphereThrough(gram, count, set) <= most) return true;
  }
  return false;
}

}  // namespace nonconvex
