#include "solvers/fractional/data.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "solvers/fractional/quadratic_term.hpp"
#include "solvers/fractional/term_reader.hpp"
#include "solvers/fractional/terms.hpp"

namespace nonconvex {
namespace {

using Kind = FractionalTerm::Kind;

bool isConcave(Kind kind) {
  return kind == Kind::linear || kind == Kind::sumSqrt || kind == Kind::sumLog || kind == Kind::separable;
}

void addTo(std::vector<double>& sum, int n, double weight, const std::vector<double>& values) {
  sum.resize(static_cast<std::size_t>(n));
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * (values.empty() ? 1 : values[i]);
}

/// Returns true if the term is 0 for all x.
bool isZero(const FractionalTermData& data) {
  if (data.term.kind == Kind::logistic || anyNonZero(data.b) || !data.c.empty() || anyNonZero(data.curvature))
    return false;
  return data.matrix->isZero();
}

/// Throws where there is not the memory, about, for the data and the starts.
void requireRoom(const FractionalProblem& problem, const FractionalSettings& settings) {
  constexpr double ofUnknown = 200;  // bytes for each in what all starts share: coefficients, bounds, a cache line
  constexpr double ofStart = 160;    // bytes for each unknown of a start: points, orders, memory of extrapolation
  constexpr double ofEntry = 24;     // bytes for each entry of a sparse matrix, while it is brought into columns
  double numbers = 0, bytes = 0, rows = 0;
  for (const FractionalMatrix& matrix : problem.matrices) {
    if (const auto* dense = std::get_if<MatrixInput>(&matrix)) {
      const double size = 1.0 * dense->rows * dense->columns;
      numbers += size;
      bytes += 8 * size;
      rows += dense->rows;
    } else {
      const SparseView& sparse = std::get<SparseView>(matrix);
      numbers += static_cast<double>(sparse.values.size());
      bytes += ofEntry * static_cast<double>(sparse.values.size()) + 40.0 * (sparse.rows + 1.0 * sparse.columns);
      rows += sparse.rows;
    }
  }
  const int starts = settings.restarts + 1;
  bytes += ofUnknown * problem.n + starts * (ofStart * problem.n + 24 * rows);
  requireMemory(bytes, "n = " + show(problem.n) + " unknowns, restarts: " + show(settings.restarts) +
                           " and matrices of " + show(numbers) + " entries need");
}

}  // namespace

FractionalData::FractionalData(const Cpu& la, const FractionalProblem& problem, const FractionalSettings& settings)
    : n(problem.n), difference(problem.difference) {
  require(n >= 1, "n", n, "expected at least one unknown");
  requireRoom(problem, settings);
  readMatrices(la, problem);
  readTerms(la, problem);
  readPenalties(problem);
  for (const FractionalTermData& term : smooth) {
    if (term.term.kind == Kind::quadratic) QuadraticTerm::requireConvex(la, term);
  }
  if (denominator.term.kind == Kind::quadratic) QuadraticTerm::requireConvex(la, denominator);
  if (!difference) checkNonNegative(la);
  std::erase_if(smooth, isZero);
  classify();
  chooseMethod(settings.method);
  require(settings.sweepOrder != FractionalOrder::greedy || n <= 2000, "sweepOrder", "greedy",
          "expected 'cyclic' or 'shuffled' for more than 2000 unknowns, here " + show(n));
  makeGram(la, settings.gram);
  makeCoordinates(settings.proximalWeight);
  readStart(problem);
}

/// Matrices by the name of the term that uses them.
void FractionalData::readMatrices(const Cpu& la, const FractionalProblem& problem) {
  matrices.reserve(problem.matrices.size());
  for (std::size_t k = 0; k < problem.matrices.size(); ++k) {
    std::string name = "matrices[" + show(k) + "]";
    const auto uses = [&](const FractionalTerm& term) { return term.matrix == static_cast<int>(k); };
    const auto user = std::find_if(problem.numerator.begin(), problem.numerator.end(), uses);
    if (user != problem.numerator.end()) {
      name = user->name + (user->kind == Kind::quadratic ? ".Q" : ".A");
    } else if (uses(problem.denominator)) {
      name = problem.denominator.name + (problem.denominator.kind == Kind::quadratic ? ".B" : ".A");
    }
    if (const auto* dense = std::get_if<MatrixInput>(&problem.matrices[k])) {
      matrices.emplace_back(*dense, name, la);
    } else {
      matrices.emplace_back(std::get<SparseView>(problem.matrices[k]), name, la);
    }
  }
}

void FractionalData::readStart(const FractionalProblem& problem) {
  if (problem.start.empty()) return;
  start = copyOfFinite(problem.start, static_cast<std::size_t>(n), "start");
  for (std::size_t i = 0; i < start.size(); ++i) {
    require(start[i] >= lower[i] && start[i] <= upper[i], "start[" + show(i) + "]", start[i],
            "expected a number within the bounds [" + show(lower[i]) + ", " + show(upper[i]) + "]");
  }
}

void FractionalData::readTerms(const Cpu& la, const FractionalProblem& problem) {
  require(!problem.numerator.empty() || !problem.l1.empty() || !problem.l2.empty() || problem.l1Squared > 0,
          "numerator.length", 0, "expected at least one term");
  for (const FractionalTerm& term : problem.numerator) {
    require(term.kind <= Kind::sumSquares, term.name + ".kind", nameOf(term.kind), "expected a term of a numerator");
    TermReader in(la, n, matrices, term);
    readNumerator(in);
    constant += term.constant;
    if (term.kind == Kind::affine) {
      addTo(linear, n, 1, in.data().c);
    } else if (term.kind == Kind::sumSquares) {
      addTo(diagonal, n, 2 * term.weight, {});
    } else {
      smooth.push_back(std::move(in).data());
    }
  }
  const FractionalTerm& term = problem.denominator;
  require(term.kind >= Kind::quadratic, term.name + ".kind", nameOf(term.kind), "expected a denominator");
  require(difference || term.kind != Kind::none, "denominator", "none", "expected a denominator");
  TermReader in(la, n, matrices, term);
  readDenominator(in);
  denominator = std::move(in).data();
}

void FractionalData::readPenalties(const FractionalProblem& problem) {
  const auto size = static_cast<std::size_t>(n);
  const auto weights = [&](std::span<const double> given, const char* name) {
    return given.empty() ? std::vector<double>() : copyOfNonNegative(given, size, name);
  };
  l1 = weights(problem.l1, "l1");
  const std::vector<double> l2 = weights(problem.l2, "l2");
  if (!l2.empty()) addTo(diagonal, n, 1, l2);
  l1Squared.weight = problem.l1Squared;
  require(l1Squared.weight >= 0 && std::isfinite(l1Squared.weight), "l1Squared", l1Squared.weight,
          "expected a finite number >= 0");

  const auto bounds = [&](std::span<const double> given, const char* name, double none) {
    std::vector<double> values(size, none);
    if (given.empty()) return values;
    require(given.size() == size, std::string(name) + ".length", given.size(), "expected " + show(n));
    for (std::size_t i = 0; i < size; ++i) {
      if (std::isnan(given[i]) || given[i] == -none) {
        require(false, std::string(name) + "[" + show(i) + "]", given[i], "expected a number or " + show(none));
      }
      values[i] = given[i];
    }
    return values;
  };
  lower = bounds(problem.lower, "lower", -infinity);
  upper = bounds(problem.upper, "upper", infinity);
  for (std::size_t i = 0; i < size; ++i) {
    if (denominator.term.kind == Kind::sumSqrt && denominator.weights[i] > 0) {
      lower[i] = std::max(lower[i], -denominator.c[i]);
    }
    require(lower[i] <= upper[i], "lower[" + show(i) + "]", lower[i],
            "expected at most the upper bound " + show(upper[i]));
    bounded = bounded || lower[i] > -infinity || upper[i] < infinity;
  }
}

penalties::ElasticNet FractionalData::penaltyOf(std::size_t i) const {
  return {.l1 = l1.empty() ? 0 : l1[i], .l2 = diagonal.empty() ? 0 : diagonal[i]};
}

/// The minimum over x_i within its bounds of the elastic net and q x_i, which is convex: at the minimum without bounds
/// or at the bound next to it.
double FractionalData::leastAlong(std::size_t i, double q) const {
  const penalties::ElasticNet penalty = penaltyOf(i);
  const double u = std::clamp(penalty.conjugatePoint(-q), lower[i], upper[i]);
  return std::isfinite(u) ? penalty.value(u) + q * u : -infinity;
}

/// q^T (Q + diagonal)^{-1} q / 2, which is how far q . x and the quadratic terms fall below 0 where x has no bounds;
/// NaN if that matrix is too large to look at, or not positive definite.
double FractionalData::gainWithoutBounds(const Cpu& la, const Columns& Q, const std::vector<double>& q) const {
  HostMatrix<double> sum = QuadraticTerm::regularised(Q, diagonal);
  if (sum.cols() == 0 || !la.cholesky(sum)) return std::numeric_limits<double>::quiet_NaN();
  HostMatrix<double> solution(n, 1);
  std::copy(q.begin(), q.end(), solution.data());
  la.choleskySolve(sum, solution);
  double gain = 0;
  for (std::size_t i = 0; i < q.size(); ++i) gain += q[i] * solution.data()[i] / 2;
  return gain;
}

/// Least squares, losses and penalties are not negative. The other terms, q . x + x^T Q x / 2 + constant, are bounded
/// coordinate by coordinate without Q, or by their minimum without the bounds on x.
void FractionalData::checkNonNegative(const Cpu& la) const {
  std::vector<double> q(static_cast<std::size_t>(n));
  if (!linear.empty()) addTo(q, n, 1, linear);
  const FractionalTermData* quadratic = nullptr;
  for (const FractionalTermData& data : smooth) {
    if (data.term.kind != Kind::quadratic) continue;
    quadratic = &data;
    if (!data.c.empty()) addTo(q, n, 1, data.c);
  }
  double least = constant;
  double flat = constant;  // plus the minima over coordinates without curvature, which are independent of the others
  double size = std::abs(constant);
  for (std::size_t i = 0; i < q.size(); ++i) {
    const double smallest = leastAlong(i, q[i]);
    least += smallest;
    if ((diagonal.empty() || diagonal[i] == 0) && (quadratic == nullptr || quadratic->curvature[i] == 0)) {
      flat += smallest;
      q[i] = 0;
    }
    size += std::isfinite(smallest) ? std::abs(smallest) : 0;
  }
  if (least >= -1e-12 * size) return;
  if (quadratic != nullptr) {
    const double gain = gainWithoutBounds(la, *quadratic->matrix, q);
    if (flat - gain >= -1e-9 * (std::abs(constant) + gain)) return;
    if (!std::isnan(gain)) least = std::max(least, flat - gain);
  }
  throw Error(ErrorKind::range,
              "numerator: its affine and quadratic terms can be negative (" +
                  (std::isfinite(least) ? "as low as " + show(least) : std::string("without bound")) +
                  "), and a ratio needs a numerator that cannot; expected a larger constant, bounds on x or a larger "
                  "l1 penalty");
}

int FractionalData::numeratorDegree() const {
  int degree = -1;  // none yet; 0: not homogeneous
  const auto add = [&](bool present, int of) {
    if (present) degree = degree == -1 || degree == of ? of : 0;
  };
  for (const FractionalTermData& data : smooth) {
    const bool homogeneous = data.term.kind == Kind::quadratic  ? data.c.empty()
                             : data.term.kind == Kind::logistic ? false
                                                                : !anyNonZero(data.b);
    add(true, homogeneous ? 2 : 0);
  }
  add(anyNonZero(diagonal), 2);
  add(anyNonZero(linear), 1);
  add(anyNonZero(l1), 1);
  add(l1Squared.weight > 0, 2);
  add(constant != 0, 0);
  return std::max(degree, 0);
}

bool FractionalData::numeratorIsSumOfSquares() const {
  // The root of such a numerator is a norm of convex functions, so convex.
  for (const FractionalTermData& data : smooth) {
    if (data.term.kind == Kind::logistic || !data.c.empty()) return false;
  }
  return !anyNonZero(linear) && !anyNonZero(l1) && constant >= 0;
}

CertificateKind FractionalData::kindOfMinimum() const {
  const bool majorized = std::any_of(smooth.begin(), smooth.end(), [](const FractionalTermData& data) {
    return data.term.kind == Kind::logistic || data.term.kind == Kind::squaredHinge;
  });
  return global ? CertificateKind::global : majorized ? CertificateKind::stationary : CertificateKind::coordinateWise;
}

void FractionalData::classify() {
  const FractionalTerm& g = denominator.term;
  const bool concave = isConcave(g.kind) || g.kind == Kind::none;
  global = concave || (!difference && g.kind == Kind::affineSquared && numeratorIsSumOfSquares());

  const bool cone = [&] {
    for (std::size_t i = 0; i < lower.size(); ++i) {
      if ((lower[i] != 0 && lower[i] != -infinity) || (upper[i] != 0 && upper[i] != infinity)) return false;
    }
    return true;
  }();
  const int degree = makeDenominator(denominator, n)->degree();
  const bool plain = g.shift == 0 && (g.kind == Kind::linear || g.kind == Kind::affineSquared || g.constant == 0);
  scaleInvariant = !difference && cone && plain && degree > 0 && numeratorDegree() == degree;

  fixed.resize(static_cast<std::size_t>(n));
  if (concave) return;
  const bool penaltiesOnly = smooth.empty() && diagonal.empty() && linear.empty();
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    bool inNumerator = (!diagonal.empty() && diagonal[i] > 0) || (!linear.empty() && linear[i] != 0) ||
                       l1Squared.weight > 0 || (penaltiesOnly && !l1.empty() && l1[i] > 0);
    for (const FractionalTermData& data : smooth) {
      inNumerator = inNumerator || data.curvature[i] > 0 || (!data.c.empty() && data.c[i] != 0);
    }
    fixed[i] = !inNumerator && (lower[i] == -infinity || upper[i] == infinity);
  }
  // If that is all of them, smooth terms of zeros say nothing about any.
  if (std::find(fixed.begin(), fixed.end(), false) == fixed.end()) fixed.assign(fixed.size(), false);
}

void FractionalData::chooseMethod(FractionalMethod method) {
  const FractionalTerm& g = denominator.term;
  const bool squared = g.kind == Kind::sumSquares || g.kind == Kind::quadratic || g.kind == Kind::affineSquared ||
                       (g.kind == Kind::lpNorm && g.squared);
  const bool boxed = std::none_of(lower.begin(), lower.end(), [](double l) { return l == -infinity; }) &&
                     std::none_of(upper.begin(), upper.end(), [](double u) { return u == infinity; });
  // The reason why numerator - s g has no minimiser along a coordinate that can be written down.
  std::string noParametric;
  if (g.kind == Kind::lpNorm && (g.p == 4 || (g.squared && g.p != 2))) {
    noParametric = "no closed form for this denominator";
  } else if (!difference && squared && !boxed) {
    noParametric =
        "numerator - ratio * denominator has no minimum along a coordinate when the denominator grows like a square";
  }
  if (difference) {
    require(noParametric.empty(), denominator.term.name, nameOf(g.kind),
            "expected a term whose difference can be minimised exactly: " + noParametric);
    require(method != FractionalMethod::fcd, "method", "fcd", "expected 'auto' or 'pcd' for a difference");
    parametric = true;
    return;
  }
  parametric =
      method == FractionalMethod::pcd || (method == FractionalMethod::automatic && !squared && noParametric.empty());
  if (parametric) {
    require(
        noParametric.empty(), "method", "pcd",
        noParametric + "; expected 'fcd' or 'auto'" + (squared && g.kind != Kind::lpNorm ? ", or bounds on x" : ""));
    return;
  }
  require(!(g.kind == Kind::lpNorm && g.p == 4 && !g.squared && g.shift > 0), denominator.term.name + ".shift", g.shift,
          "expected 0 for p = 4, or squared: true");
}

void FractionalData::makeGram(const Cpu& la, FractionalGram gram) {
  for (FractionalTermData& data : smooth) {
    if (data.term.kind != Kind::leastSquares || gram == FractionalGram::never) continue;
    const Columns& A = *data.matrix;
    const bool pays = !A.sparse() && A.rows() >= 2 * n && n <= 2000;
    if (!pays && gram != FractionalGram::always) continue;
    require(n <= 20000, "gram", "always", "expected 'auto' or 'never' for more than 20000 unknowns, here " + show(n));
    data.gram = HostMatrix<double>(n, n);
    if (!A.sparse()) {
      // A solve that ends at once does without.
      if (!la.gram(A.dense(), data.gram)) data.gram = {};
    } else {
      std::vector<double> column(static_cast<std::size_t>(A.rows()));
      for (int j = 0; j < n; ++j) {
        A.axpy(j, 1, column.data());
        for (int i = j; i < n; ++i) data.gram(i, j) = A.dot(i, column.data());
        A.forEntries(j, [&](int row, double) { column[static_cast<std::size_t>(row)] = 0; });
      }
      la.mirrorLower(data.gram);
    }
  }
}

void FractionalData::makeCoordinates(double proximalWeight) {
  coordinates.resize(static_cast<std::size_t>(n));
  curvatures.resize(coordinates.size());
  for (std::size_t i = 0; i < coordinates.size(); ++i) {
    Coordinate& c = coordinates[i];
    for (const FractionalTermData& data : smooth) c.curvature += data.curvature[i];
    c.penalty = penaltyOf(i);
    if (!linear.empty()) c.linear = linear[i];
    curvatures[i] = c.curvature + c.penalty.l2;
    c.a = (1 + proximalWeight) * curvatures[i];
    c.inverse = 1 / c.a;
    c.threshold = c.penalty.l1 / c.a;
    curved = curved && (fixed[i] || (c.a > 0 && std::isfinite(c.inverse)));
  }
}

std::vector<double> FractionalData::clamped(std::vector<double> x) const {
  for (std::size_t i = 0; bounded && i < x.size(); ++i) x[i] = std::clamp(x[i], lower[i], upper[i]);
  return x;
}

}  // namespace nonconvex
