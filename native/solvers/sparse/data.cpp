#include "solvers/sparse/data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/shared_columns.hpp"
#include "linalg/outer_products.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

struct DataTuning {
  /// safeguard: bytes for each column beside its entries, such as scales, bounds and gradients at some lambdas.
  static constexpr double bytesOfColumn = 256;
  /// rounding: a column whose deviation is a smaller share of its root mean square counts as constant, as numbers that
  /// are rounded after a few operations differ by as much.
  static constexpr double leastVariation = 64 * machineEpsilon;
  /// rounding: smaller variances have lost digits to the least numbers there are.
  static constexpr double leastVariance = std::numeric_limits<double>::min() / machineEpsilon;
  /// rounding: columns and responses whose means are more deviations from 0 are stored less their means, as a product
  /// with such a one would lose eight bits, its square sixteen.
  static constexpr double farFromZero = 256;
  static constexpr double roundingOfShares = 1e-9;       ///< rounding: distance from 1 of the sum of shares of classes
  static constexpr std::size_t numbersAtOnce = 1 << 20;  ///< safeguard: numbers read between looks at an abort
};

constexpr auto asRows = "as many numbers as x has rows";
constexpr auto asColumns = "as many numbers as x has columns";

/// The mean of a column a by the weights w, which sum to 1, sum_i w_i a_i^2, and sum_i w_i (a_i - mean)^2. The latter
/// two take a pass of their own: the difference of sums has no digits where the mean is large.
struct ColumnSums {
  double mean = 0, squares = 0, variance = 0;

  /// What the differences from a first mean sum to, which is its error, and their squares.
  void correct(double differences, double around) {
    mean += differences;
    variance = std::max(0.0, around - square(differences));
  }
};

/// These of a dense column; `work` has room for two more.
ColumnSums sumsOfDense(std::span<const double> weights, const double* a, std::span<double> work) {
  const std::size_t n = weights.size();
  const int size = static_cast<int>(n);
  double *weighted = work.data(), *centred = work.data() + n;
  ColumnSums of;
  for (std::size_t i = 0; i < n; ++i) weighted[i] = weights[i] * a[i];
  of.mean = blas::dot(size, weights.data(), a);
  of.squares = blas::dot(size, weighted, a);
  for (std::size_t i = 0; i < n; ++i) centred[i] = a[i] - of.mean;
  for (std::size_t i = 0; i < n; ++i) weighted[i] = weights[i] * centred[i];
  of.correct(blas::dot(size, weights.data(), centred), blas::dot(size, weighted, centred));
  return of;
}

/// The weight of the rows in which a column has no entry, of all but `covered`: exactly where that is so little that
/// rounding may leave it.
double weightOfEmpty(std::span<const double> weights, const Columns& x, int j, double covered) {
  constexpr double little = 1e-3;
  if (1 - covered > little) return 1 - covered;
  if (x.entriesOf(j) == x.rows()) return 0;
  std::vector<char> has(weights.size(), 0);
  x.forEntries(j, [&](int i, double) { has[at(i)] = 1; });
  double sum = 0;
  for (std::size_t i = 0; i < has.size(); ++i) sum += has[i] ? 0 : weights[i];
  return sum;
}

ColumnSums sumsOfSparse(std::span<const double> weights, const Columns& x, int j) {
  ColumnSums of;
  double covered = 0, differences = 0, around = 0;
  x.forEntries(j, [&](int i, double a) {
    of.mean += weights[at(i)] * a;
    of.squares += weights[at(i)] * a * a;
    covered += weights[at(i)];
  });
  x.forEntries(j, [&](int i, double a) {
    differences += weights[at(i)] * (a - of.mean);
    around += weights[at(i)] * square(a - of.mean);
  });
  const double empty = weightOfEmpty(weights, x, j, covered);
  of.correct(differences - empty * of.mean, around + empty * square(of.mean));
  return of;
}

std::vector<ColumnSums> sumsOfColumns(const Cpu& la, std::span<const double> weights, const Columns& x) {
  constexpr int columnsAtOnce = 64;
  std::vector<ColumnSums> sums(at(x.cols()));
  la.tasks((x.cols() + columnsAtOnce - 1) / columnsAtOnce,
           [&](int block) {
             std::vector<double> work(x.sparse() ? 0 : 2 * weights.size());
             const int end = std::min(x.cols(), (block + 1) * columnsAtOnce);
             for (int j = block * columnsAtOnce; j < end; ++j) {
               la.abortPoint();
               sums[at(j)] = x.sparse() ? sumsOfSparse(weights, x, j) : sumsOfDense(weights, x.dense().column(j), work);
             }
           },
           static_cast<double>(x.entries()));
  return sums;
}

/// Throws at the first number that is not as expected.
template <class Holds>
void requireEach(const Cpu& la, const char* name, std::span<const double> values, Holds&& holds, const char* expected) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i % DataTuning::numbersAtOnce == 0) la.abortPoint();
    if (!holds(values[i])) require(false, std::string(name) + "[" + show(i) + "]", values[i], expected);
  }
}

void requireResponses(const Cpu& la, SparseFamily family, std::span<const double> y) {
  const auto each = [&](auto&& holds, const char* expected) { requireEach(la, "y", y, holds, expected); };
  switch (family) {
    case SparseFamily::binomial:
      return each([](double v) { return v >= 0 && v <= 1; }, "expected a number in [0, 1] for family 'binomial'");
    case SparseFamily::poisson:
      return each([](double v) { return v >= 0 && std::isfinite(v); },
                  "expected a finite number >= 0 for family 'poisson'");
    case SparseFamily::gamma:
      return each([](double v) { return v > 0 && std::isfinite(v); },
                  "expected a finite number > 0 for family 'gamma'");
    case SparseFamily::multinomial:
      return each([](double v) { return v >= 0 && v <= 1; }, "expected a number in [0, 1] for family 'multinomial'");
    default:
      return each([](double v) { return std::isfinite(v); }, "expected a finite number");
  }
}

/// The columns of x, which solves of one copy of it share where it is dense.
std::shared_ptr<const Columns> readColumns(const Cpu& la, const SparseProblem& problem) {
  if (const auto* view = std::get_if<SparseView>(&problem.x)) {
    require(view->rows >= 1, "rows of x", view->rows, "expected at least 1");
    requireMemory(28.0 * static_cast<double>(view->values.size()) + DataTuning::bytesOfColumn * view->columns,
                  "x with " + show(view->values.size()) + " entries needs");
    return std::make_shared<const Columns>(*view, "x", la);
  }
  const auto& input = std::get<MatrixInput>(problem.x);
  require(input.rows >= 1, "rows of x", input.rows, "expected at least 1");
  requireMemory((8.0 * (input.rows + 8.0) + DataTuning::bytesOfColumn) * input.columns,
                "x with " + show(input.rows) + " rows and " + show(input.columns) + " columns needs");
  if (input.shared != nullptr) return input.shared->of(input, "x", la);
  return std::make_shared<const Columns>(input, "x", la);
}

}  // namespace

SparseData::SparseData(const Cpu& la, const SparseProblem& problem, const SparseSettings& settings)
    : family(settings.family),
      huberDelta(settings.huberDelta),
      level(settings.level),
      ties(settings.ties),
      la_(la),
      columns_(readColumns(la, problem)),
      responses_(problem.responses) {
  require(responses_ >= 1, "responses", responses_, "expected at least 1");
  const bool ofOne = family == SparseFamily::huber || family == SparseFamily::quantile || family == SparseFamily::cox;
  require(!ofOne || responses_ == 1, "responses", responses_, "expected 1 for families 'huber', 'quantile' and 'cox'");
  requireEntries("y", problem.y.size());
  requireResponses(la, settings.family, problem.y);
  requireShares(problem.y);
  readRows(problem);
  if (family == SparseFamily::cox) readEvents(problem);
  moveResponses(settings.intercept);
  measureColumns(la, settings.intercept, settings.standardize);
  readFactors(problem, isOfGroups(settings.penalty));
  readPenalties(problem);
}

/// Throws unless there is a number for each row and response.
void SparseData::requireEntries(const char* name, std::size_t length) const {
  if (responses_ == 1) return requireLength(name, length, n(), asRows);
  require(length == at(n()) * at(responses_), std::string(name) + ".length", length,
          "expected " + show(responses_) + " numbers for each row of x");
}

/// Throws unless there is a number for each column and response.
void SparseData::requireCoefficients(const char* name, std::size_t length) const {
  if (responses_ == 1) return requireLength(name, length, p(), asColumns);
  require(length == at(p()) * at(responses_), std::string(name) + ".length", length,
          "expected " + show(responses_) + " numbers for each column of x");
}

void SparseData::readRows(const SparseProblem& problem) {
  y = copyInPieces(problem.y, [&] { la_.abortPoint(); });
  la_.abortPoint();
  weights = problem.sampleWeight;
  if (weights.empty()) weights.assign(at(n()), 1.0);
  requireLength("sampleWeight", weights.size(), n(), asRows);
  requireEach(
      la_, "sampleWeight", weights, [](double w) { return w >= 0 && std::isfinite(w); },
      "expected a finite number >= 0");
  for (const double w : weights) totalWeight += w;
  require(totalWeight > 0 && std::isfinite(totalWeight), "sum of sampleWeight", totalWeight,
          "expected a positive finite number");
  for (double& w : weights) w /= totalWeight;
  offset = problem.offset;
  if (!offset.empty()) requireEntries("offset", offset.size());
  requireEach(
      la_, "offset", offset, [](double o) { return std::isfinite(o); }, "expected a finite number");
}

void SparseData::readEvents(const SparseProblem& problem) {
  event = problem.event;
  strata = problem.strata;
  requireLength("y.event", event.size(), n(), asRows);
  requireEach(
      la_, "y.event", event, [](double e) { return e == 0 || e == 1; }, "expected 0 or 1");
  if (!strata.empty()) requireLength("y.strata", strata.size(), n(), asRows);
  start = problem.start;
  if (!start.empty()) requireLength("y.start", start.size(), n(), asRows);
  for (std::size_t i = 0; i < start.size(); ++i) {
    if (!(start[i] < y[i]))
      require(false, "y.start[" + show(i) + "]", start[i], "expected less than y.time[" + show(i) + "]");
  }
  double total = 0;
  for (std::size_t i = 0; i < event.size(); ++i) total += weights[i] * event[i];
  require(total > 0, "events", total, "expected at least one, of a weight > 0");
}

/// Takes the means of responses away that are far from 0, beside an intercept that takes them up: what is left of a
/// prediction less such a response has lost digits.
void SparseData::moveResponses(bool intercept) {
  responseOrigin.assign(at(responses_), 0.0);
  const bool ofDifferences =
      family == SparseFamily::gaussian || family == SparseFamily::huber || family == SparseFamily::quantile;
  if (!intercept || !ofDifferences) return;
  std::vector<double> work(2 * weights.size());
  for (int k = 0; k < responses_; ++k) {
    la_.abortPoint();
    double* own = y.data() + at(k) * weights.size();
    const ColumnSums sums = sumsOfDense(weights, own, work);
    if (!(sums.variance > 0 && std::abs(sums.mean) > DataTuning::farFromZero * std::sqrt(sums.variance))) continue;
    responseOrigin[at(k)] = sums.mean;
    for (std::size_t i = 0; i < weights.size(); ++i) own[i] -= sums.mean;
  }
}

/// Whether a column has the same entry in all rows that count, of which there are `rows`.
bool SparseData::isConstant(int j, std::ptrdiff_t rows) const {
  std::ptrdiff_t counted = 0;
  double first = unknown;
  bool same = true;
  x().forEntries(j, [&](int i, double a) {
    if (!(weights[at(i)] > 0)) return;
    if (counted++ == 0) first = a;
    same = same && a == first;
  });
  return same && (counted == rows || counted == 0 || first == 0);
}

/// Origins, shifts, scales and which columns are constant, each by rows with weights.
void SparseData::measureColumns(const Cpu& la, bool centre, bool standardize) {
  const auto size = at(p());
  origin.assign(size, 0.0);
  shift.assign(size, 0.0);
  scale.assign(size, 1.0);
  constant.assign(size, 0);
  const std::vector<ColumnSums> sums = sumsOfColumns(la, weights, x());
  const auto rows = std::count_if(weights.begin(), weights.end(), [](double w) { return w > 0; });
  bool far = false;
  for (int j = 0; j < p(); ++j) {
    const auto [mean, squares, variance] = sums[at(j)];
    require(std::isfinite(squares), "column " + show(j) + " of x", squares,
            "expected numbers whose squares have a finite sum");
    const bool varies = variance > square(DataTuning::leastVariation) * squares && variance > DataTuning::leastVariance;
    constant[at(j)] = centre || standardize ? !varies : !(squares > DataTuning::leastVariance);
    if (constant[at(j)]) {
      if (!isConstant(j, rows) || (!centre && !standardize && mean != 0)) nearlyConstant.push_back(j);
      continue;
    }
    const double deviation = std::sqrt(variance);
    if (standardize) scale[at(j)] = deviation;
    if (!centre) continue;
    if (std::abs(mean) > DataTuning::farFromZero * deviation) {
      origin[at(j)] = mean;
      far = true;
    } else if (!x().sparse()) {
      shift[at(j)] = mean;
    }
  }
  if (!far) return;
  requireMemory(8.0 * static_cast<double>(x().entries()), "x with columns less their means needs");
  columns_ = std::make_shared<const Columns>(x().less(origin, la));
}

/// Throws unless the shares of the classes of each row sum to 1.
void SparseData::requireShares(std::span<const double> shares) const {
  if (family != SparseFamily::multinomial) return;
  require(responses_ >= 2, "responses", responses_, "expected at least two classes for family 'multinomial'");
  for (int i = 0; i < n(); ++i) {
    if (at(i) * at(responses_) % DataTuning::numbersAtOnce < at(responses_)) la_.abortPoint();
    double sum = 0;
    for (int k = 0; k < responses_; ++k) sum += shares[at(i) + at(n()) * at(k)];
    require(std::abs(sum - 1) <= DataTuning::roundingOfShares, "sum of y[" + show(i) + "]", sum,
            "expected 1 for family 'multinomial'");
  }
}

/// Factors of the columns: those of their groups, for penalties of groups.
void SparseData::readFactors(const SparseProblem& problem, bool ofGroups) {
  requireEach(
      la_, "penaltyFactor", problem.penaltyFactor, [](double f) { return f >= 0; },
      "expected a number >= 0, or Infinity to leave columns out");
  if (!ofGroups || problem.groups.empty()) {
    factor = problem.penaltyFactor;
    if (factor.empty()) factor.assign(at(p()), 1.0);
    return requireLength("penaltyFactor", factor.size(), p(), asColumns);
  }
  groups = problem.groups;
  requireLength("groups", groups.size(), p(), asColumns);
  std::vector<int> sizes;
  for (std::size_t j = 0; j < groups.size(); ++j) {
    const int group = groups[j];
    require(group >= 0 && group < p(), "groups[" + show(j) + "]", group, "expected an integer from 0");
    if (sizes.size() <= at(group)) sizes.resize(at(group) + 1, 0);
    ++sizes[at(group)];
  }
  const std::vector<double>& given = problem.penaltyFactor;
  require(given.empty() || given.size() == sizes.size(), "penaltyFactor.length", given.size(),
          "expected a number for each group, of which there are " + show(sizes.size()));
  factor.resize(groups.size());
  for (std::size_t j = 0; j < groups.size(); ++j) {
    const auto group = at(groups[j]);
    factor[j] = given.empty() ? std::sqrt(static_cast<double>(sizes[group])) : given[group];
  }
}

void SparseData::readPenalties(const SparseProblem& problem) {
  leftOut.assign(at(p()), 0);
  for (std::size_t j = 0; j < factor.size(); ++j) {
    if (std::isfinite(factor[j])) continue;
    leftOut[j] = !constant[j];
    std::erase(nearlyConstant, static_cast<int>(j));
    constant[j] = 1;
    factor[j] = 1;
  }
  lower = problem.lowerBounds;
  upper = problem.upperBounds;
  bounded = !lower.empty() || !upper.empty();
  const std::size_t coefficients = at(p()) * at(responses_);
  if (lower.empty()) lower.assign(coefficients, -infinity);
  if (upper.empty()) upper.assign(coefficients, infinity);
  requireCoefficients("lowerBounds", lower.size());
  requireCoefficients("upperBounds", upper.size());
  requireEach(
      la_, "lowerBounds", lower, [](double b) { return b <= 0; }, "expected a number <= 0 or -Infinity");
  requireEach(
      la_, "upperBounds", upper, [](double b) { return b >= 0; }, "expected a number >= 0 or Infinity");
  givenLower = lower;
  givenUpper = upper;
  for (std::size_t place = 0; place < coefficients; ++place) {
    lower[place] *= scale[place % at(p())];
    upper[place] *= scale[place % at(p())];
  }
  for (int j = 0; j < p(); ++j) {
    if (factor[at(j)] == 0 && constant[at(j)] == 0) free.push_back(j);
  }
  require(static_cast<int>(free.size()) < n(), "columns with penaltyFactor 0", free.size(),
          "expected fewer than rows, of which there are " + show(n()) + ", as else no minimum is unique");
}

void SparseData::multiplyTransposed(const Cpu& la, Mat<const double> r, const double* sums, Mat<double> out) const {
  if (x().sparse()) return multiplySparse(la, r, sums, out);
  if (r.cols > loops::eightOutputs) {
    la.gemmWithAborts(Transpose::yes, Transpose::no, 1.0, x().dense(), r, 0.0, out);
  } else {
    multiplyDense(la, r, out);
  }
  for (int k = 0; k < r.cols; ++k) {
    for (int j = 0; j < p(); ++j) out(j, k) = (out(j, k) - shift[at(j)] * sums[k]) / scale[at(j)];
  }
}

/// out = X^T R of up to eight right-hand sides, X as it is given: BLAS copies X, which is read once here. Right-hand
/// sides lie together row by row, some rows at a time so that these stay in a near cache.
void SparseData::multiplyDense(const Cpu& la, Mat<const double> r, Mat<double> out) const {
  constexpr int columnsAtOnce = 126, rowsAtOnce = 1024, lanes = loops::eightOutputs;
  HostMatrix<double> together(lanes, n());
  for (int k = 0; k < r.cols; ++k) {
    for (int i = 0; i < n(); ++i) together(k, i) = r(i, k);
  }
  la.tasks((p() + columnsAtOnce - 1) / columnsAtOnce,
           [&](int block) {
             la.abortPoint();
             const int first = block * columnsAtOnce, count = std::min(columnsAtOnce, p() - first);
             std::array<double, columnsAtOnce * lanes> products;
             for (int row = 0; row < n(); row += rowsAtOnce) {
               const int rows = std::min(rowsAtOnce, n() - row);
               loops::productsOfAll(x().dense().block(row, first, rows, count), together.column(row), products.data());
               for (int k = 0; k < r.cols; ++k) {
                 for (int j = 0; j < count; ++j) {
                   const double product = products[at(j * lanes + k)];
                   out(first + j, k) = row == 0 ? product : out(first + j, k) + product;
                 }
               }
             }
           },
           static_cast<double>(n()) * p() * r.cols);
}

/// Rows of up to eight right-hand sides lie together, so that an entry of x meets one cache line.
void SparseData::multiplySparse(const Cpu& la, Mat<const double> r, const double* /*sums*/, Mat<double> out) const {
  constexpr int lanes = 8;
  if (r.cols == 1) {
    la.tasks((p() + 255) / 256,
             [&](int block) {
               la.abortPoint();
               for (int j = block * 256; j < std::min(p(), (block + 1) * 256); ++j) {
                 out(j, 0) = x().dot(j, r.column(0)) / scale[at(j)];
               }
             },
             static_cast<double>(x().entries()));
    return;
  }
  HostBuffer<double> together(at(n()) * lanes);
  for (int first = 0; first < r.cols; first += lanes) {
    const int count = std::min(lanes, r.cols - first);
    for (int k = 0; k < count; ++k) {
      la.abortPoint();
      for (int i = 0; i < n(); ++i) together[at(i) * lanes + at(k)] = r(i, first + k);
    }
    la.tasks((p() + 255) / 256,
             [&](int block) {
               la.abortPoint();
               for (int j = block * 256; j < std::min(p(), (block + 1) * 256); ++j) {
                 double sum[lanes] = {};
                 x().forEntries(j, [&](int i, double a) {
                   const double* row = together.data() + at(i) * lanes;
                   for (int k = 0; k < lanes; ++k) sum[k] += a * row[k];
                 });
                 for (int k = 0; k < count; ++k) out(j, first + k) = sum[k] / scale[at(j)];
               }
             },
             static_cast<double>(x().entries()) * count);
  }
}

}  // namespace nonconvex
