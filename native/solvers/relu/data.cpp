#include "solvers/relu/data.hpp"

#include <algorithm>
#include <cmath>

#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "data/row_pieces.hpp"
#include "methods/krylov/earlier_solutions.hpp"
#include "solvers/relu/activation_patterns.hpp"

namespace nonconvex {

struct ReluData::Tuning {
  /// measured: The size of the constant column of a bias outside the regulariser over that of the data, so that it
  /// counts a hundredth of a weight of the same effect. Weight zero proper would leave the dual without interior, and
  /// no certificate.
  static constexpr double freeBiasScale = 100;
  /// safeguard: Patterns that are listed exactly.
  static constexpr int mostExactPatterns = 20000;
  /// rounding: The deviation of a column from its mean, as a share of it, below which the column is constant.
  static constexpr double constantColumn = 1e-13;
  /// measured: Rows up to which a system is factored: factors of more rows take longer than iterations do.
  static constexpr double mostFactored = 10000;
};

namespace {

double valueOfX(const ReluProblem& problem, int k, int j) {
  const std::size_t i =
      static_cast<std::size_t>(problem.row(k)) * static_cast<std::size_t>(problem.d) + static_cast<std::size_t>(j);
  return problem.x64 != nullptr ? problem.x64[i] : static_cast<double>(problem.x32[i]);
}

/// How the system is to be solved, by size and memory. Refuses a problem that would not fit: X twice, for the G columns
/// of weights their products with X, iterates and Anderson's memory, with cones also the active sets; and the system.
/// Over ranks what every one of them has is the system of the weights.
ReluSystemBy chooseSystem(int rows, int outputs, const ReluSettings& settings, int d, double patterns, double available,
                          int numberBytes, Ranks* ranks = nullptr) {
  const double n = rows;
  const double c = outputs;
  const bool features = settings.method == ReluMethod::sampled;
  const bool cones = settings.activation == ReluActivation::relu && !features;
  const bool slack = cones && settings.splitting == ReluSplitting::slack;
  const double columns = (cones ? 2 : 1) * patterns * c;
  const double iterates = features ? columns : d * columns;
  // Of several outputs, where x stays in a core's cache: signs of the patterns, rows of x twice and the system's factor
  // in single precision, and the rows where each pattern is active.
  const bool lists = !features && outputs > 1 && staysInCache(d, rows);
  const double listed = lists ? 4 * ((cones ? n * (patterns + d) : 0) + n * (patterns + d)) : 0;
  const double beside = numberBytes * (2 * n * d + 3 * n * columns + (cones ? 100 : 12) * iterates) +
                        std::min(3e8, 30 * numberBytes * (iterates + n * c)) + listed;
  const double weights = (features ? 1 : d) * patterns;
  const bool byWeights = ranks != nullptr || (!slack && 2 * weights <= n);
  const double size = byWeights ? weights : n;
  const double exact =
      beside + numberBytes * (3 * size * size + (byWeights ? 512 * weights : 0)) + (lists ? 4 * size * size : 0);
  const double rank = preconditionerRank(rows, features ? 1 : d, static_cast<int>(patterns));
  const double earlier = 2.0 * EarlierSolutions::kept(outputs) * c;
  const double unknowns = ranks != nullptr ? weights : n;
  const double products =
      beside + numberBytes * (unknowns * (rank + 130 + earlier + 7 * c) + 3 * rank * rank + 2 * iterates);
  bool factored = settings.inner == ReluInner::exact || (settings.inner == ReluInner::automatic &&
                                                         size <= ReluData::Tuning::mostFactored && exact <= available);
  if (ranks != nullptr) factored = ranks->min(factored) > 0;
  const double bytes = factored ? exact : products;
  requireMemory(bytes, available,
                "n = " + show(rows) + " rows, d = " + show(d) + " columns and P = " + show(patterns) + " patterns need",
                factored && products <= available ? "use inner: 'krylov'" : "use fewer rows or patterns");
  return !factored ? ReluSystemBy::products : byWeights ? ReluSystemBy::weights : ReluSystemBy::rows;
}

using Look = std::function<void()>;

/// f(column of xt, weight) for each row of x.
template <class F>
void forRows(const ReluProblem& problem, ReluData& data, const Look& look, F&& f) {
  forRowsInPieces(data.n, data.d, look, [&](int k) { f(data.xt.column(k), problem.weight(k)); });
}

/// The sum of the weights; n if the rows have none.
double readWeights(const ReluProblem& problem, const ReluData& data) {
  double total = 0;
  for (int k = 0; k < problem.n; ++k) {
    const double weight = problem.weight(k);
    const auto refuse = [&] {
      require(false, "sampleWeights[" + show(problem.row(k)) + "]", weight, "expected a finite number >= 0");
    };
    if (!(weight >= 0) || !std::isfinite(weight)) refuse();
    total += weight;
  }
  total = data.together(total);
  require(total > 0 && std::isfinite(total), "sum of sampleWeights", total, "expected a finite number > 0");
  return total;
}

/// Squared loss: w/2 (f - y)^2 is that of the row and its target times the root of w, since networks are homogeneous.
/// Other losses take their weight from a column that y has more. A row of weight 0 becomes zero in any case: it must
/// not bound a cone either.
void applyWeights(const ReluProblem& problem, ReluData& data) {
  if (problem.weights == nullptr) return;
  const bool squared = data.loss.kind == ReluLoss::squared;
  data.loss.weighted = !squared;
  if (squared) data.roots = HostBuffer<double>(static_cast<std::size_t>(data.n));
  for (int k = 0; k < data.n; ++k) {
    const double weight = problem.weight(k);
    const double root = squared ? std::sqrt(weight) : weight > 0 ? 1.0 : 0.0;
    for (int j = 0; j < data.d; ++j) data.xt(j, k) *= root;
    if (!squared) {
      data.y(k, data.c) = weight;
      continue;
    }
    data.roots[static_cast<std::size_t>(k)] = root;
    for (int j = 0; j < data.c; ++j) data.y(k, j) *= root;
  }
}

/// Fills xt, divided by a power of two that is put into `rowScale`: no digit changes, and squares stay within range for
/// data of any scale.
void readValues(const ReluProblem& problem, ReluData& data, const Look& look) {
  double largest = 0;
  forRowsInPieces(data.n, data.d, look, [&](int k) {
    for (int j = 0; j < problem.d; ++j) {
      const double value = valueOfX(problem, k, j);
      requireFinite("x", k, j, value);
      largest = std::max(largest, std::abs(value));
      data.xt(j, k) = value;
    }
  });
  if (data.ranks) largest = data.ranks->max(largest);
  data.rowScale = largest > 0 ? std::ldexp(1.0, std::ilogb(largest)) : 1.0;
  if (!std::isfinite(1 / data.rowScale)) data.rowScale = 0x1p-1022;
  forRows(problem, data, look, [&](double* x, double) {
    for (int j = 0; j < problem.d; ++j) x[j] /= data.rowScale;
  });
}

/// Gives the columns of x length 1, and puts what they were divided by into `inputScale`.
void normalizeColumns(const ReluProblem& problem, ReluData& data, const Look& look) {
  const int columns = problem.d;
  HostBuffer<double> squares(static_cast<std::size_t>(columns));
  forRows(problem, data, look, [&](const double* x, double weight) {
    for (int j = 0; j < columns; ++j) squares[static_cast<std::size_t>(j)] += weight * x[j] * x[j];
  });
  data.together({squares.data(), squares.size()});
  for (int j = 0; j < columns; ++j) {
    const double norm = std::sqrt(squares[static_cast<std::size_t>(j)]);
    if (norm > 0) data.inputScale[static_cast<std::size_t>(j)] = norm * data.rowScale;
  }
  forRows(problem, data, look, [&](double* x, double) {
    for (int j = 0; j < columns; ++j) {
      if (squares[static_cast<std::size_t>(j)] > 0) x[j] /= std::sqrt(squares[static_cast<std::size_t>(j)]);
    }
  });
  data.rowScale = 1;
}

/// Subtracts the means of the columns of x where there is a bias, and divides by their standard deviations; what is
/// constant up to rounding is divided by nothing.
void standardizeColumns(const ReluProblem& problem, bool center, double total, ReluData& data, const Look& look) {
  const auto size = static_cast<std::size_t>(problem.d);
  HostBuffer<double> means(size), scales(size);
  forRows(problem, data, look, [&](const double* x, double weight) {
    for (std::size_t j = 0; j < size; ++j) means[j] += weight * x[j];
  });
  data.together({means.data(), size});
  for (double& mean : means) mean /= total;
  forRows(problem, data, look, [&](const double* x, double weight) {
    for (std::size_t j = 0; j < size; ++j) scales[j] += weight * (x[j] - means[j]) * (x[j] - means[j]);
  });
  data.together({scales.data(), size});
  for (std::size_t j = 0; j < size; ++j) {
    scales[j] = std::sqrt(scales[j] / total);
    if (!(scales[j] > ReluData::Tuning::constantColumn * std::abs(means[j]))) scales[j] = 1 / data.rowScale;
    if (!center) means[j] = 0;
    data.inputShift[j] = means[j] * data.rowScale;
    data.inputScale[j] = scales[j] * data.rowScale;
  }
  forRows(problem, data, look, [&](double* x, double) {
    for (std::size_t j = 0; j < size; ++j) x[j] = (x[j] - means[j]) / scales[j];
  });
  data.rowScale = 1;
}

/// Fills xt, the shifts and the scales; returns the root mean square of the scaled x.
double readX(const ReluProblem& problem, const ReluSettings& settings, ReluData& data, const Look& look) {
  const int columns = problem.d;
  const bool normalized = settings.standardize == ReluStandardize::norm;
  readValues(problem, data, look);
  data.inputShift = HostBuffer<double>(static_cast<std::size_t>(columns));
  data.inputScale = HostBuffer<double>(static_cast<std::size_t>(columns));
  std::fill(data.inputScale.data(), data.inputScale.data() + columns, 1.0);
  const double total = readWeights(problem, data);
  if (normalized) normalizeColumns(problem, data, look);
  if (settings.standardize == ReluStandardize::deviation) standardizeColumns(problem, settings.bias, total, data, look);
  double squares = 0;
  forRows(problem, data, look, [&](const double* x, double weight) {
    for (int j = 0; j < columns; ++j) squares += weight * x[j] * x[j];
  });
  squares = data.together(squares);
  const double typical = squares > 0 ? std::sqrt(squares / total / columns) : 1.0;
  data.columnScale = HostBuffer<double>(static_cast<std::size_t>(data.d));
  for (int j = 0; j < columns; ++j) {
    data.columnScale[static_cast<std::size_t>(j)] = data.inputScale[static_cast<std::size_t>(j)] * data.rowScale;
  }
  if (settings.bias) {
    const double one = normalized ? 1 / std::sqrt(total) : 1 / data.rowScale;
    data.constant = settings.regularizeBias ? one : ReluData::Tuning::freeBiasScale * typical;
    forRows(problem, data, look, [&](double* x, double) { x[columns] = data.constant; });
    data.columnScale[static_cast<std::size_t>(columns)] = 1 / data.constant;
  }
  return typical;
}

void readY(const ReluProblem& problem, const ReluSettings& settings, ReluData& data) {
  double squares = 0;
  for (int k = 0; k < data.n; ++k) {
    double rowSum = 0;
    for (int j = 0; j < data.c; ++j) {
      const double value = problem.y[static_cast<std::size_t>(problem.row(k)) * static_cast<std::size_t>(data.c) +
                                     static_cast<std::size_t>(j)];
      const auto refuse = [&](const char* expected) {
        require(false, data.c == 1 ? "y[" + show(k) + "]" : entryName("y", k, j), value, expected);
      };
      if (!std::isfinite(value)) refuse("expected a finite number");
      if ((settings.loss == ReluLoss::logistic || settings.loss == ReluLoss::hinge) && std::abs(value) != 1) {
        refuse("expected -1 or +1 with loss 'logistic' or 'hinge'");
      }
      if (settings.loss == ReluLoss::softmax && (value < 0 || value > 1)) {
        refuse("expected a probability with loss 'softmax'");
      }
      data.y(k, j) = value;
      squares += value * value;
      rowSum += value;
    }
    if (settings.loss == ReluLoss::softmax && std::abs(rowSum - 1) > 1e-9) {
      require(false, "sum of y[" + show(k) + "]", rowSum, "expected 1 with loss 'softmax'");
    }
  }
  require(std::isfinite(squares), "sum of squares of y", squares, "out of range; rescale y");
}

}  // namespace

int preconditionerRank(int n, int dimension, int patterns) {
  return std::min(n, std::clamp(dimension * patterns / 8, 128, 1024));
}

ReluData::ReluData(const ReluProblem& problem, const ReluSettings& settings, double available, int numberBytes,
                   const std::function<void()>& look)
    : ranks(problem.ranks),
      n(problem.n),
      d(problem.d + (settings.bias ? 1 : 0)),
      c(problem.outputs),
      exact(false),
      directions(settings.method == ReluMethod::sampled),
      bias(settings.bias) {
  require(n >= 1, "rows of x", n, "expected at least 1");
  require(problem.d >= 1, "columns of x", problem.d, "expected at least 1");
  require(c >= 1, "columns of y", c, "expected at least 1");
  require(settings.loss != ReluLoss::softmax || c >= 2, "columns of y", c, "expected at least 2 with loss 'softmax'");
  const ReluPatterns& wanted = problem.patterns;
  system = chooseSystem(n, c, settings, d,
                        wanted.gates.cols() > 0 ? wanted.gates.cols()
                        : wanted.exact          ? 1
                                                : wanted.sample,
                        available, numberBytes, ranks.get());
  xt = HostMatrix<double>(d, n);
  y = HostMatrix<double>(n, problem.weights != nullptr && settings.loss != ReluLoss::squared ? c + 1 : c);
  typical = readX(problem, settings, *this, look);
  readY(problem, settings, *this);
  loss = ReluRowLoss{.kind = settings.loss, .delta = settings.huberDelta, .c = c, .stride = n};
  applyWeights(problem, *this);
  require(!std::isnan(settings.lambda), "lambda", settings.lambda, "expected a finite number > 0");
  // ||v'|| = ||v / rowScale||, so the penalty's weight takes the scale of the rows.
  lambda = settings.lambda / rowScale;
  require(std::isfinite(lambda) && lambda > 0, "lambda / (scale of x)", lambda, "out of range; rescale x");

  chooseGates(wanted, settings);
  if (wanted.exact) system = chooseSystem(n, c, settings, d, gates.cols(), available, numberBytes);
}

/// Takes over what does not depend on rows, patterns or lambda.
void ReluData::copyColumns(const ReluData& from) {
  d = from.d;
  c = from.c;
  constant = from.constant;
  columnScale = from.columnScale.copy();
  inputShift = from.inputShift.copy();
  inputScale = from.inputScale.copy();
  rowScale = from.rowScale;
  typical = from.typical;
  exact = false;
  directions = false;
  bias = from.bias;
  loss = from.loss;
}

ReluData ReluData::withPatterns(const ReluSettings& settings, HostMatrix<double> newGates, HostMatrix<double> patterns,
                                double available, std::optional<int> output) const {
  ReluData made;
  made.copyColumns(*this);
  made.n = n;
  made.xt = xt.copy();
  if (output) {
    made.c = made.loss.c = 1;
    made.y = HostMatrix<double>(n, 1);
    std::copy(y.column(*output), y.column(*output) + n, made.y.data());
  } else {
    made.y = y.copy();
  }
  made.roots = roots.copy();
  made.gates = std::move(newGates);
  made.masks = std::move(patterns);
  made.lambda = lambda;
  made.system = chooseSystem(n, made.c, settings, d, made.gates.cols(), available, sizeof(double));
  return made;
}

HostMatrix<double> ReluData::unscaledGates(const HostMatrix<double>& scaled) const {
  HostMatrix<double> made(d, scaled.cols());
  const int inputs = bias ? d - 1 : d;
  for (int i = 0; i < made.cols(); ++i) {
    for (int j = 0; j < d; ++j) made(j, i) = scaled(j, i) * (j < inputs ? 1 / rowScale : constant);
  }
  return made;
}

ReluData ReluData::everyRow(int step) const {
  ReluData made;
  made.copyColumns(*this);
  made.n = (n + step - 1) / step;
  made.xt = HostMatrix<double>(d, made.n);
  made.y = HostMatrix<double>(made.n, y.cols());
  if (roots.size() > 0) made.roots = HostBuffer<double>(static_cast<std::size_t>(made.n));
  for (int k = 0; k < made.n; ++k) {
    std::copy(xt.column(k * step), xt.column(k * step) + d, made.xt.column(k));
    for (int j = 0; j < y.cols(); ++j) made.y(k, j) = y(k * step, j);
    if (roots.size() > 0) made.roots[static_cast<std::size_t>(k)] = roots[static_cast<std::size_t>(k * step)];
  }
  made.loss.stride = made.n;
  made.lambda = lambda * made.n / n;
  made.system = system;
  return made;
}

void ReluData::chooseGates(const ReluPatterns& wanted, const ReluSettings& settings) {
  if (wanted.exact) {
    require(!directions, "patterns", "exact", "expected { sample } or { gates } with method 'sampled'");
    gates = allDirections(xt, ReluData::Tuning::mostExactPatterns);
    exact = true;
    return;
  }
  if (wanted.gates.cols() > 0) {
    require(wanted.gates.rows() == d, "rows of patterns.gates", wanted.gates.rows(),
            "expected " + show(d) + " (the columns of x" + (bias ? " and one for the bias)" : ")"));
    gates = HostMatrix<double>(d, wanted.gates.cols());
    for (int i = 0; i < gates.cols(); ++i) {
      for (int j = 0; j < d; ++j) {
        const double value = wanted.gates(j, i);
        requireFinite("gates", j, i, value);
        gates(j, i) += value * columnScale[static_cast<std::size_t>(j)];
        // The shift of x acts on the constant column.
        if (bias && j < d - 1) {
          gates(d - 1, i) +=
              value * inputShift[static_cast<std::size_t>(j)] * columnScale[static_cast<std::size_t>(d - 1)];
        }
      }
    }
  } else {
    require(wanted.sample >= 1, "patterns.sample", wanted.sample, "expected at least 1");
    // Random directions see the bias as one more column of the size of the data: patterns must not depend on units.
    gates = normalDirections(d, wanted.sample, settings.seed);
    for (int i = 0; bias && i < gates.cols(); ++i) gates(d - 1, i) *= typical / constant;
  }
  for (int i = 0; i < gates.cols(); ++i) {  // a direction: any length will do
    double largest = 0;
    for (int j = 0; j < d; ++j) largest = std::max(largest, std::abs(gates(j, i)));
    double length = 0;
    for (int j = 0; j < d && largest > 0; ++j) length += (gates(j, i) / largest) * (gates(j, i) / largest);
    for (int j = 0; j < d && largest > 0; ++j) gates(j, i) /= largest * std::sqrt(length);
  }
}

void ReluData::scaleWeights(const double* weights, int i, double* scaled) const {
  const int inputs = bias ? d - 1 : d;
  const auto value = [&](int j) { return j < inputs ? weights[j] * rowScale : weights[j] / constant; };
  if (directions) {
    *scaled = 0;
    for (int j = 0; j < d; ++j) *scaled += value(j) * gates(j, i);
  } else {
    for (int j = 0; j < d; ++j) scaled[j] = value(j);
  }
}

void ReluData::unscaleWeights(const double* scaled, int i, double* weights) const {
  const int inputs = bias ? d - 1 : d;
  for (int j = 0; j < d; ++j) {
    const double value = directions ? *scaled * gates(j, i) : scaled[j];
    weights[j] = j < inputs ? value / rowScale : value * constant;
  }
}

}  // namespace nonconvex
