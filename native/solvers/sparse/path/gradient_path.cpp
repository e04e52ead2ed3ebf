#include "solvers/sparse/path/gradient_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/armijo.hpp"
#include "methods/spectral/largest_eigenvalue.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {

struct GradientPath::Tuning {
  static constexpr int mostSteps = 20000;        ///< safeguard: steps at one lambda
  static constexpr int stepsBetweenChecks = 50;  ///< safeguard: steps between looks at whether the solve is to end
  static constexpr double ofLipschitz = 0.99;    ///< safeguard: step beside the inverse of the Lipschitz constant
  static constexpr int searchHalvings = 12;      ///< safeguard: halvings of a step along a direction
  static constexpr int mostSharpenings = 8;  ///< safeguard: divisions of the tolerance by ten until the gap is small
};

GradientPath::GradientPath(const Cpu& la, const SparseData& data, const SparseSettings& settings)
    : PathEngine(data), la_(la), data_(data), settings_(settings), blocks_(data, settings) {
  const bool bent = data.family == SparseFamily::gaussian || data.family == SparseFamily::binomial;
  require(bent, "method", nameOf(settings.method),
          "expected 'coordinateDescent' for family '" + std::string(nameOf(data.family)) +
              "', whose curvature has no bound");
  require(!data.bounded, "method", nameOf(settings.method), "expected 'coordinateDescent' with bounds");
  for (Point* each : {&b_, &z_, &middle_, &next_, &g_, &direction_, &mapped_, &before_, &trial_}) {
    each->resize(at(data.p()) + 1);
  }
  for (auto* each : {&t_, &first_, &second_}) each->resize(at(data.n()));
}

/// t_ := the predictions, less the offset unless that is to be added.
void GradientPath::predict(In point, bool withOffset) {
  double sum = point.back();
  for (int j = 0; j < data_.p(); ++j) sum -= point[at(j)] * data_.shift[at(j)] / data_.scale[at(j)];
  const bool add = withOffset && !data_.offset.empty();
  for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = sum + (add ? data_.offset[i] : 0);
  for (int j = 0; j < data_.p(); ++j) {
    if (point[at(j)] != 0) data_.axpy(j, point[at(j)], t_.data());
  }
}

/// to := the transposed map of predict(), of rows.
void GradientPath::pullBack(In rows, Out to) {
  const double sum = std::accumulate(rows.begin(), rows.end(), 0.0);
  const int n = data_.n(), p = data_.p();
  data_.multiplyTransposed(la_, {rows.data(), n, 1, n}, &sum, {to.data(), p, 1, p});
  for (int j = 0; j < p; ++j) {
    if (data_.constant[at(j)]) to[at(j)] = 0;
  }
  to.back() = settings_.intercept ? sum : 0;
}

/// The loss, whose derivatives in the predictions are kept.
double GradientPath::value(const Point& point) {
  predict(point, true);
  ++evaluations_;
  return loss_->evaluate(t_, first_, second_);
}

/// The loss and its gradient.
double GradientPath::gradient(const Point& point, Point& to) {
  const double loss = value(point);
  pullBack(first_, to);
  return loss;
}

/// The largest eigenvalue of X^T W X with the intercept's column, times the largest curvature of a row.
void GradientPath::estimateLipschitz() {
  constexpr int products = 60;
  constexpr double safety = 1.01;
  LargestEigenvalue largest(la_);
  const auto multiply = [&](In v, Out out) {
    predict(v, false);
    for (std::size_t i = 0; i < t_.size(); ++i) t_[i] *= data_.weights[i];
    pullBack(t_, out);
  };
  const double eigenvalue = largest.improve(b_.size(), products, multiply).length;
  const double steepest = data_.family == SparseFamily::binomial ? 0.25 : 1;
  lipschitz_ = std::max(safety * steepest * eigenvalue, 1e-300);
}

/// The derivative of what a penalty is beside l |b|.
double GradientPath::restSlope(const PenaltyAt& penalty, int j, double b) const {
  const BlockPenalty along = penalty.of(j);
  const double concave = b == 0 ? 0 : along.slope(std::abs(b));
  return along.ridge * b + (b == 0 ? 0 : std::copysign(1, b) * (concave - along.l));
}

double GradientPath::curvatureOfRest(const PenaltyAt& penalty) const {
  double most = 0, squares = 0;
  for (int j = 0; j < data_.p(); ++j) squares = std::max(squares, penalty.of(j).ridge);
  if (settings_.penalty == SparsePenalty::mcp) most = 1 / penalty.gamma();
  if (settings_.penalty == SparsePenalty::scad) most = 1 / (penalty.gamma() - 1);
  return std::max(lipschitz_ + squares, most);
}

double GradientPath::objective(const PenaltyAt& penalty, const Point& point) {
  double sum = value(point);
  for (int j = 0; j < data_.p(); ++j) {
    if (point[at(j)] != 0) sum += penalty.of(j).value(point[at(j)]);
  }
  return sum;
}

/// The loss with the rest of the penalty: g := the gradient; returns the whole objective.
double GradientPath::smooth(const PenaltyAt& penalty, const Point& point, Point& g) {
  double sum = gradient(point, g);
  for (int j = 0; j < data_.p(); ++j) {
    const double b = point[at(j)];
    if (b == 0) continue;
    g[at(j)] += restSlope(penalty, j, b);
    sum += penalty.of(j).value(b);
  }
  return sum;
}

void GradientPath::proximal(const PenaltyAt& penalty, const Point& point, const Point& g, double step,
                            Point& to) const {
  for (int j = 0; j < data_.p(); ++j) {
    const double v = point[at(j)] - step * g[at(j)], size = std::abs(v) - step * penalty.of(j).l;
    to[at(j)] = size > 0 && !data_.constant[at(j)] ? std::copysign(size, v) : 0;
  }
  to.back() = point.back() - step * g.back();
}

/// The page's letters: b, z, m for b_, z_, middle_; omega for step.
bool GradientPath::accelerate(const PenaltyAt& penalty, double tolerance) {
  const double step = Tuning::ofLipschitz / curvatureOfRest(penalty);
  double share = 1;
  z_ = b_;
  for (int k = 0; k < Tuning::mostSteps; ++k) {
    for (std::size_t j = 0; j < b_.size(); ++j) middle_[j] = (1 - share) * z_[j] + share * b_[j];
    smooth(penalty, middle_, g_);
    ++steps_;
    proximal(penalty, b_, g_, step / share, b_);
    proximal(penalty, middle_, g_, step, next_);
    double moved = 0, along = 0;
    for (std::size_t j = 0; j < b_.size(); ++j) {
      moved = std::max(moved, std::abs(middle_[j] - next_[j]));
      along += (middle_[j] - next_[j]) * (next_[j] - z_[j]);
    }
    z_.swap(next_);
    share = along > 0 ? 1 : 2 / (1 + std::sqrt(1 + 4 / (share * share)));
    if (along > 0) b_ = z_;
    if (k % Tuning::stepsBetweenChecks == 0) la_.checkpoint();
    if (moved > tolerance * step) continue;
    b_ = z_;
    return true;
  }
  b_ = z_;
  return false;
}

/// Halves a step along direction_ until the objective falls; entries that would change sign stop at 0.
bool GradientPath::search(const PenaltyAt& penalty, double slope) {
  const auto along = [&](double step) {
    for (std::size_t j = 0; j < b_.size(); ++j) {
      trial_[j] = b_[j] + step * direction_[j];
      if (j + 1 < b_.size() && trial_[j] * b_[j] < 0) trial_[j] = 0;
    }
    return objective(penalty, trial_);
  };
  const auto found =
      armijo(along, {.value = objective_, .slope = slope}, {.first = 2 * step_, .mostTrials = Tuning::searchHalvings});
  if (!found) return false;
  b_.swap(trial_);
  step_ = found->length;
  return true;
}

bool GradientPath::conjugate(const PenaltyAt& penalty, double tolerance) {
  const double step = Tuning::ofLipschitz / curvatureOfRest(penalty);
  step_ = step;
  double norm = 0;
  std::fill(direction_.begin(), direction_.end(), 0.0);
  for (int k = 0; k < Tuning::mostSteps; ++k) {
    objective_ = smooth(penalty, b_, g_);
    ++steps_;
    proximal(penalty, b_, g_, step, next_);
    double size = 0, with = 0, moved = 0, slope = 0;
    for (std::size_t j = 0; j < b_.size(); ++j) {
      mapped_[j] = (b_[j] - next_[j]) / step;
      moved = std::max(moved, std::abs(mapped_[j]));
      size += square(mapped_[j]);
      with += mapped_[j] * before_[j];
    }
    if (moved <= tolerance) return true;
    const double beta = norm > 0 ? std::max(0.0, (size - with) / norm) : 0;
    for (std::size_t j = 0; j < b_.size(); ++j) {
      direction_[j] = beta * direction_[j] - mapped_[j];
      slope += direction_[j] * mapped_[j];
    }
    before_ = mapped_;
    norm = size;
    if (k % Tuning::stepsBetweenChecks == 0) la_.checkpoint();
    // Where the fall along the step is no more than rounding a search finds anything.
    if (-slope * step_ < roundingOfSum(data_.n(), std::abs(objective_))) return accelerate(penalty, tolerance);
    if (slope < 0 && search(penalty, slope)) continue;
    b_.swap(next_);
    norm = 0;
    step_ = step;
    std::fill(direction_.begin(), direction_.end(), 0.0);
  }
  return false;
}

bool GradientPath::solve(const PenaltyAt& penalty, double tolerance) {
  return settings_.method == PathMethod::conjugateGradients ? conjugate(penalty, tolerance)
                                                            : accelerate(penalty, tolerance);
}

void GradientPath::fitNull() {
  estimateLipschitz();
  std::fill(b_.begin(), b_.end(), 0.0);
  // What is penalised stays at 0 where the penalty has no end.
  const PenaltyAt all(blocks_, settings_, 1e200);
  gradient(b_, g_);
  solve(all, 1e-12 * std::max(norm1(first_), 1e-300));
  nullLoss_ = gradient(b_, g_);
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.factor[at(j)] == 0) continue;
    constexpr double leastAlpha = 1e-3;
    lambdaMax_ =
        std::max(lambdaMax_, std::abs(g_[at(j)]) / (data_.factor[at(j)] * std::max(settings_.alpha, leastAlpha)));
  }
}

void GradientPath::begin(std::span<const double> coefficients, std::span<const double> intercepts) {
  b_.back() = intercepts[0];
  for (int j = 0; j < data_.p(); ++j) {
    b_[at(j)] = data_.constant[at(j)] ? 0 : coefficients[at(j)] * data_.scale[at(j)];
    b_.back() += data_.centre(j) * coefficients[at(j)];
  }
}

PathModel GradientPath::model(const PenaltyAt& penalty, double lambda) {
  PathModel made;
  made.lambda = lambda;
  made.loss = made.objective = gradient(b_, g_);
  made.intercepts.assign(1, b_.back());
  made.violation = std::abs(g_.back());
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.constant[at(j)]) continue;
    made.violation =
        std::max(made.violation, penalty.of(j).violation({&b_[at(j)], 1}, {&g_[at(j)], 1}, blocks_.boundsOf(j, 0)));
    if (b_[at(j)] == 0) continue;
    made.columns.push_back(j);
    made.values.push_back(b_[at(j)]);
    made.objective += penalty.of(j).value(b_[at(j)]);
  }
  // Nothing here looks at whether the objective is convex near by.
  made.locallyConvex = penalty.convex();
  if (!penalty.convex() || penalty.isZero()) return made;
  std::vector<double> slopes = first_;
  if (!makeOrthogonal(data_, *loss_, data_.free, settings_.intercept, second_, slopes)) return made;
  const double sum = std::accumulate(slopes.begin(), slopes.end(), 0.0);
  const int n = data_.n(), p = data_.p();
  data_.multiplyTransposed(la_, {slopes.data(), n, 1, n}, &sum, {g_.data(), p, 1, p});
  const std::span<const double> gradients(g_.data(), at(p));
  const Mat<const double> all{gradients.data(), data_.p(), 1, data_.p()};
  const double share = feasibleShare(penalty, all), scale = scaleOfGap();
  const double bound = loss_->dualValue(slopes, share) - conjugates(penalty, all, share);
  made.gap = scale > 0 ? std::max(0.0, made.objective - bound) / scale : 0;
  return made;
}

std::vector<PathModel> GradientPath::fit(std::span<const double> lambdas) {
  const double lambda = lambdas.front();
  const PenaltyAt penalty(blocks_, settings_, lambda);
  double tolerance = settings_.tolerance * std::max(lambda, 1e-3 * lambdaMax_);
  PathModel made;
  for (int k = 0; k < Tuning::mostSharpenings; ++k, tolerance /= 10) {
    made.reached = solve(penalty, tolerance);
    const bool reached = made.reached;
    made = model(penalty, lambda);
    made.reached = reached && (!penalty.convex() || penalty.isZero() || made.gap <= settings_.tolerance);
    if (made.reached || !reached) break;
  }
  return {std::move(made)};
}

}  // namespace nonconvex
