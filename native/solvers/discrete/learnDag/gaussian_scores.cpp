#include "solvers/discrete/learnDag/gaussian_scores.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

struct GaussianScores::Tuning {
  static constexpr double explained = 1e-11;  ///< rounding: columns of which parents leave less are no candidates
  static constexpr double least = 1e-300;     ///< rounding: shares of a variance are at least this
  static constexpr double errors = 8;         ///< rounding: of a share, in units of d epsilon by the least share
  static constexpr double noise = 1e-11;      ///< rounding: gains up to this are none, relative to the loss
  static constexpr int mostDrops = 1000;      ///< safeguard: parents that are taken out again for one node
};

namespace {

/// What is left of all columns beside one more parent, whose scaled row this makes.
NONCONVEX_CLONES void eliminateColumn(int d, double t, const double* row, double* covariance, double* left) {
  for (int k = 0; k < d; ++k) {
    covariance[k] -= t * row[k];
    left[k] -= row[k] * row[k];
  }
}

NONCONVEX_CLONES void takeRow(int d, double factor, const double* row, double* out) {
  for (int k = 0; k < d; ++k) out[k] -= factor * row[k];
}

}  // namespace

GaussianScores::GaussianScores(const DagColumns& columns, const DagConditions& conditions, double penalty,
                               bool equalVariance)
    : LocalScores(conditions, penalty), columns_(columns), equalVariance_(equalVariance) {
  covariance_.resize(at(columns.count()));
  left_.resize(at(columns.count()));
}

double GaussianScores::lossOf(int j, double share) const {
  const double half = 0.5 * columns_.rows(), rest = columns_.variance(j);
  if (equalVariance_) return half * rest * share / variance_;
  return half * (std::log(std::max(share, Tuning::least)) + std::log(rest));
}

void GaussianScores::begin(int j) {
  parents_.clear();
  rows_.clear();
  const double* correlations = columns_.correlations(j);
  std::copy_n(correlations, columns_.count(), covariance_.begin());
  std::fill(left_.begin(), left_.end(), 1.0);
  share_ = 1;
}

/// Adds a parent: one more row of the Cholesky factor.
void GaussianScores::add(int i) {
  const int d = columns_.count();
  const std::size_t size = rows_.size();
  rows_.resize(size + at(d));
  double* row = rows_.data() + size;
  std::copy_n(columns_.correlations(i), d, row);
  for (std::size_t q = 0; q < parents_.size(); ++q) {
    const double* earlier = rows_.data() + q * at(d);
    takeRow(d, earlier[i], earlier, row);
  }
  const double root = std::sqrt(std::max(left_[at(i)], Tuning::least));
  for (int k = 0; k < d; ++k) row[k] /= root;
  const double t = covariance_[at(i)] / root;
  eliminateColumn(d, t, row, covariance_.data(), left_.data());
  share_ -= t * t;
  parents_.push_back(i);
}

double GaussianScores::share(int j, std::span<const int> parents) {
  begin(j);
  for (const int i : parents) add(i);
  return std::max(share_, 0.0);
}

double GaussianScores::loss(int j, std::span<const int> parents) { return lossOf(j, share(j, parents)); }

/// The inverse of the triangular factor of the parents' correlations.
void GaussianScores::factor() {
  const std::size_t p = parents_.size(), d = at(columns_.count());
  inverse_.assign(p * p, 0);
  for (std::size_t k = 0; k < p; ++k) {
    // Column k of the inverse of L, where L_{ab} = rows_[b][parent a].
    for (std::size_t a = k; a < p; ++a) {
      double sum = a == k ? 1 : 0;
      for (std::size_t b = k; b < a; ++b) sum -= rows_[b * d + at(parents_[a])] * inverse_[k * p + b];
      inverse_[k * p + a] = sum / rows_[a * d + at(parents_[a])];
    }
  }
}

DagFit GaussianScores::fit(int j, std::span<const int> parents) {
  begin(j);
  for (const int i : parents) add(i);
  factor();
  const std::size_t p = parents.size(), d = at(columns_.count());
  DagFit made{.weights = std::vector<double>(p, 0), .intercept = columns_.mean(j)};
  for (std::size_t k = 0; k < p; ++k) {
    for (std::size_t a = k; a < p; ++a) made.weights[k] += inverse_[k * p + a] * rows_[a * d + at(j)];
    made.weights[k] *= columns_.deviation(j) / columns_.deviation(parents[k]);
    made.intercept -= made.weights[k] * columns_.mean(parents[k]);
  }
  return made;
}

bool GaussianScores::addBest(int j, std::span<const int> candidates) {
  if (parents_.size() >= at(conditions_.maxParents())) return false;
  int best = -1;
  double most = 0;
  for (const int k : candidates) {
    if (left_[at(k)] <= Tuning::explained || !conditions_.allowed(k, j)) continue;
    const double gain = square(covariance_[at(k)]) / left_[at(k)];
    if (gain <= most || std::find(parents_.begin(), parents_.end(), k) != parents_.end()) continue;
    most = gain;
    best = k;
  }
  const double loss = lossOf(j, share_);
  if (best < 0 || loss - lossOf(j, share_ - most) <= penalty_ + Tuning::noise * std::abs(loss)) return false;
  add(best);
  return true;
}

/// Takes the parent out that explains least, if its penalty is larger.
bool GaussianScores::dropWorst(int j, std::size_t required) {
  const std::size_t p = parents_.size(), d = at(columns_.count());
  if (p < required + 2) return false;
  factor();
  std::size_t worst = p;
  double least = infinity;
  for (std::size_t k = required; k < p; ++k) {
    double weight = 0, norm = 0;
    for (std::size_t a = k; a < p; ++a) {
      weight += inverse_[k * p + a] * rows_[a * d + at(j)];
      norm += square(inverse_[k * p + a]);
    }
    const double cost = square(weight) / norm;
    if (cost < least) {
      least = cost;
      worst = k;
    }
  }
  const double loss = lossOf(j, share_);
  if (lossOf(j, share_ + least) - loss >= penalty_ - Tuning::noise * std::abs(loss)) return false;
  std::vector<int> kept = parents_;
  kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(worst));
  begin(j);
  for (const int i : kept) add(i);
  return true;
}

double GaussianScores::grow(int j, std::span<const int> candidates, std::vector<int>& parents) {
  begin(j);
  const std::vector<int>& required = conditions_.requiredOf(j);
  for (const int i : required) {
    if (std::find(candidates.begin(), candidates.end(), i) == candidates.end()) return infinity;
    add(i);
  }
  int drops = 0;
  while (drops < Tuning::mostDrops && addBest(j, candidates)) {
    while (dropWorst(j, required.size())) ++drops;
  }
  parents = parents_;
  return lossOf(j, share_) + penalty_ * static_cast<double>(parents_.size());
}

double GaussianScores::leastLoss(int j) {
  begin(j);
  for (const int i : conditions_.requiredOf(j)) add(i);
  for (const int i : conditions_.optionalOf(j)) add(i);
  return lossOf(j, std::max(share_, 0.5 * columns_.leastShare()));
}

/// Shares of variances are off by a relative amount: losses n RSS / (2 s^2) by the same one, logarithms by an absolute
/// one.
double GaussianScores::rounding(double losses) const {
  const double relative = Tuning::errors * columns_.count() * machineEpsilon / columns_.leastShare();
  return relative * (equalVariance_ ? std::max(losses, 0.0) : 0.5 * columns_.rows() * columns_.count());
}

double GaussianScores::meanRest(const Dag& dag) {
  double sum = 0;
  for (int j = 0; j < columns_.count(); ++j) sum += rest(j, dag.parents[at(j)]);
  return sum / columns_.count();
}

/// Decides for one column after the other, the last one first, whether it is in the subset, and eliminates it then: a
/// subset costs as much as the columns that are still open, few for most subsets.
class GaussianTables::Elimination {
 public:
  Elimination(const DagColumns& columns, double* logDet) : d_(columns.count()), logDet_(logDet) {
    levels_.resize(at(d_) + 1);
    for (int m = 0; m <= d_; ++m) levels_[at(m)].resize(at(m) * at(m));
    for (int j = 0; j < d_; ++j) std::copy_n(columns.correlations(j), d_, levels_[at(d_)].data() + at(j) * at(d_));
  }

  /// Decides for the columns from `open` on as the bits of `subset` say, then for all others both ways.
  void run(int open, std::uint32_t subset) {
    double logDet = 0;
    int m = d_;
    for (; m > open; --m) logDet += take(m, ((subset >> (m - 1)) & 1) != 0);
    decide(m, subset, logDet);
  }

 private:
  /// Makes the matrix of the first m - 1 columns, and returns the logarithm of the pivot if column m - 1 is in.
  double take(int m, bool in) {
    const std::vector<double>& from = levels_[at(m)];
    std::vector<double>& to = levels_[at(m) - 1];
    const std::size_t r = at(m) - 1;
    const double* last = from.data() + r * at(m);
    const double pivot = last[r];
    for (std::size_t j = 0; j < r; ++j) {
      const double factor = in ? last[j] / pivot : 0;
      for (std::size_t i = 0; i < r; ++i) to[j * r + i] = from[j * at(m) + i] - factor * last[i];
    }
    return in ? std::log(pivot) : 0;
  }
  void decide(int m, std::uint32_t subset, double logDet) {
    if (m == 0) {
      logDet_[subset] = logDet;
      return;
    }
    take(m, false);
    decide(m - 1, subset, logDet);
    const double pivot = take(m, true);
    decide(m - 1, subset | (1u << (m - 1)), logDet + pivot);
  }

  int d_;
  double* logDet_;
  std::vector<std::vector<double>> levels_;
};

double GaussianTables::bytes(int columns) { return std::ldexp(8.0, columns); }

GaussianTables::GaussianTables(const Cpu& la, const GaussianScores& scores) : scores_(scores) {
  const int d = scores.columns_.count();
  logDet_ = HostBuffer<double>(std::size_t{1} << d, Uninitialized{});
  constexpr int most = 14;  // safeguard: columns that are decided between two looks at the clock
  const int open = std::min(d, most);
  la.tasks(1 << (d - open), [&](int part) {
    la.checkpoint();
    Elimination(scores.columns_, logDet_.data()).run(open, static_cast<std::uint32_t>(part) << open);
  });
}

void GaussianTables::fill(int j, std::uint32_t required, std::uint32_t optional, std::uint32_t first,
                          std::span<double> out) const {
  std::uint32_t subset = 0, rest = optional;
  for (std::uint32_t bits = first; bits != 0; bits >>= 1, rest &= rest - 1) {
    if ((bits & 1) != 0) subset |= rest & (0 - rest);
  }
  const std::uint32_t node = 1u << j;
  const int base = std::popcount(required) + std::popcount(first), most = scores_.conditions_.maxParents();
  const double half = 0.5 * scores_.columns_.rows();
  const double unit = half * scores_.columns_.variance(j) / scores_.variance_;
  for (std::size_t k = 0; k < out.size(); ++k) {
    const std::uint32_t parents = subset | required;
    const double logShare = logDet_[parents | node] - logDet_[parents];
    const int size = base + std::popcount(static_cast<std::uint32_t>(k));
    const double loss = scores_.equalVariance_ ? unit * std::expm1(logShare) : half * logShare;
    out[k] = size > most ? infinity : loss + scores_.penalty_ * size;
    subset = (subset - optional) & optional;
  }
}

}  // namespace nonconvex
