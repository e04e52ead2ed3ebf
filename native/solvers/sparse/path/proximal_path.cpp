#include "solvers/sparse/path/proximal_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/armijo.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {

struct ProximalPath::Tuning {
  static constexpr int mostAttempts = 12;     ///< safeguard: attempts at one lambda, each sharper or with more columns
  static constexpr int mostQuadratics = 60;   ///< safeguard: quadratics in turn
  static constexpr double innerShare = 0.05;  ///< measured: share of the violation left by a quadratic
  static constexpr double stretching = 4;     ///< safeguard: factor of curvatures where the objective rises
  static constexpr double mostStretched = 1e6;  ///< safeguard: largest such factor
};

ProximalPath::ProximalPath(const Cpu& la, const SparseData& data, const SparseProblem& problem,
                           const SparseSettings& settings)
    : PathEngine(data),
      la_(la),
      data_(data),
      settings_(settings),
      penalty_(makeStructuredPenalty(data, problem, settings)),
      metric_(la, data, settings.intercept, true),
      quadratic_(la, metric_, *penalty_) {
  for (int j = 0; j < data.p(); ++j) {
    if (!data.constant[at(j)]) usable_.push_back(j);
  }
  keep_.resize(usable_.size());
  gradients_.resize(usable_.size());
  all_.resize(at(data.p()));
  for (auto* each : {&t_, &first_, &second_, &weights_, &move_, &kept_, &slopes_}) each->resize(at(data.n()));
}

/// Takes in columns that are to be kept, in order.
void ProximalPath::addToWorkingSet(std::span<const char> keep) {
  std::vector<int> columns;
  for (std::size_t k = 0; k < usable_.size(); ++k) {
    if (keep[k] && metric_.place(usable_[k]) < 0) columns.push_back(usable_[k]);
  }
  if (columns.empty()) return;
  metric_.requireRoomFor(columns);
  metric_.add(columns);
  quadratic_.resize();
  setGradient();
}

void ProximalPath::evaluate() {
  value_ = loss_->evaluate(t_, first_, second_);
  ++evaluations_;
}

double ProximalPath::interceptSlope() const {
  return settings_.intercept ? std::accumulate(first_.begin(), first_.end(), 0.0) : 0;
}

void ProximalPath::setGradient() {
  const double sum = std::accumulate(first_.begin(), first_.end(), 0.0);
  metric_.gradient(first_, quadratic_.q);
  for (int e = 0; e < metric_.size(); ++e) quadratic_.q[at(e)] -= metric_.mean(e) * sum;
}

void ProximalPath::setCurvatures(double stretch) {
  loss_->curvatures(t_, second_, stretch, weights_);
  metric_.setWeights(weights_);
  quadratic_.forget();
  setGradient();
}

double ProximalPath::penaltyValue(double lambda) { return lambda * penalty_->value(quadratic_.b); }

void ProximalPath::predict() {
  for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = intercept_ + (data_.offset.empty() ? 0 : data_.offset[i]);
  metric_.addProduct(quadratic_.b, t_);
  evaluate();
}

void ProximalPath::fitNull() {
  predict();
  setCurvatures(1);
  solve(1, 1e-12 * std::max(norm1(first_), 1e-300));
  nullLoss_ = value_;
  lambdaMax_ = 0;
  gapAt(1);
  lambdaMax_ = penalty_->dualNorm(gradients_);
  before_ = lambdaMax_;
}

void ProximalPath::begin(std::span<const double> coefficients, std::span<const double> intercepts) {
  intercept_ = intercepts[0];
  std::fill(keep_.begin(), keep_.end(), char{0});
  for (std::size_t k = 0; k < usable_.size(); ++k) keep_[k] = coefficients[at(usable_[k])] != 0;
  if (!penalty_->mayLeaveOut()) std::fill(keep_.begin(), keep_.end(), char{1});
  addToWorkingSet(keep_);
  for (int j = 0; j < data_.p(); ++j) {
    const double value = coefficients[at(j)];
    intercept_ += data_.centre(j) * value;
    if (metric_.place(j) >= 0) quadratic_.b[at(metric_.place(j))] = value * data_.scale[at(j)];
  }
  predict();
  setCurvatures(1);
}

/// Minimises on the columns in use until a proximal step of the loss moves little; whether it does.
bool ProximalPath::solve(double lambda, double tolerance) {
  double stretch = 1;
  for (int k = 0; k < Tuning::mostQuadratics; ++k) {
    const double violation = std::max(quadratic_.violation(lambda), std::abs(interceptSlope()));
    if (violation <= tolerance) return true;
    if (stretch > Tuning::mostStretched) return false;
    start_ = quadratic_.b;
    quadratic_.minimize(lambda,
                        loss_->squared() ? 0.3 * tolerance : std::max(Tuning::innerShare * violation, 0.3 * tolerance));
    const bool moved = descend(lambda);
    stretch = moved ? std::max(1.0, stretch / Tuning::stretching) : stretch * Tuning::stretching;
    if (loss_->squared()) {
      setGradient();
    } else {
      setCurvatures(stretch);
    }
    if (!moved && loss_->squared()) return quadratic_.violation(lambda) <= tolerance;
  }
  return false;
}

/// Moves predictions as the coefficients have moved since start_, and the best intercept, or a share of that with which
/// the objective falls. False where none does: then all stays where it was.
bool ProximalPath::descend(double lambda) {
  double ofIntercept = settings_.intercept ? -interceptSlope() / metric_.totalWeight() : 0;
  end_ = quadratic_.b;
  step_.resize(end_.size());
  for (std::size_t e = 0; e < step_.size(); ++e) {
    step_[e] = end_[e] - start_[e];
    ofIntercept -= metric_.mean(static_cast<int>(e)) * step_[e];
  }
  std::fill(move_.begin(), move_.end(), ofIntercept);
  metric_.addProduct(step_, move_);
  quadratic_.b = start_;
  const double objective = value_ + penaltyValue(lambda), interceptBefore = intercept_;
  const double rounding = roundingOfSum(data_.n(), std::abs(objective) + std::abs(nullLoss_) + std::abs(perfect_));
  kept_ = t_;
  const auto falls = [&](double share) {
    addScaled(kept_, share, move_, t_);
    for (std::size_t e = 0; e < step_.size(); ++e) {
      quadratic_.b[e] = share == 1 ? end_[e] : start_[e] + share * step_[e];
    }
    intercept_ = interceptBefore + share * ofIntercept;
    evaluate();
    return value_ + penaltyValue(lambda) <= objective + rounding;
  };
  if (backtrack({.mostTrials = 7}, falls) > 0) return true;
  quadratic_.b = start_;
  intercept_ = interceptBefore;
  t_ = kept_;
  evaluate();
  return false;
}

/// Sets the gradients of all columns, and gives the objective less the bound that they lead to.
double ProximalPath::gapAt(double lambda) {
  slopes_ = first_;
  const bool inside = makeOrthogonal(data_, *loss_, {}, settings_.intercept, second_, slopes_);
  const double sum = std::accumulate(slopes_.begin(), slopes_.end(), 0.0);
  const int n = data_.n(), p = data_.p();
  data_.multiplyTransposed(la_, {slopes_.data(), n, 1, n}, &sum, {all_.data(), p, 1, p});
  for (std::size_t k = 0; k < usable_.size(); ++k) gradients_[k] = all_[at(usable_[k])];
  if (!inside) return infinity;
  const double norm = penalty_->dualNorm(gradients_);
  const double share = norm > lambda ? lambda / norm : 1;
  return value_ + penaltyValue(lambda) - loss_->dualValue(slopes_, share);
}

PathModel ProximalPath::model(double lambda, double gap) {
  PathModel made;
  made.lambda = lambda;
  made.intercepts.assign(1, intercept_);
  for (int e = 0; e < metric_.size(); ++e) {
    if (quadratic_.b[at(e)] == 0) continue;
    made.columns.push_back(metric_.column(e));
    made.values.push_back(quadratic_.b[at(e)]);
  }
  made.loss = value_;
  made.objective = value_ + penaltyValue(lambda);
  made.violation = quadratic_.violation(lambda);
  const double scale = scaleOfGap();
  if (std::isfinite(gap)) made.gap = scale > 0 ? std::max(0.0, gap) / scale : 0;
  made.reached = made.gap <= settings_.tolerance;
  return made;
}

std::vector<PathModel> ProximalPath::fit(std::span<const double> lambdas) {
  const double lambda = lambdas.front();
  std::fill(keep_.begin(), keep_.end(), char{0});
  penalty_->screen(gradients_, std::max(before_, lambda), lambda, keep_);
  addToWorkingSet(keep_);
  double tolerance = settings_.tolerance * std::max(0.1 * lambda, 1e-4 * lambdaMax_), gap = infinity;
  for (int attempt = 0; attempt < Tuning::mostAttempts; ++attempt) {
    solve(lambda, tolerance);
    gap = gapAt(lambda);
    if (gap <= settings_.tolerance * scaleOfGap()) break;
    const int used = metric_.size();
    std::fill(keep_.begin(), keep_.end(), char{0});
    penalty_->screen(gradients_, lambda, lambda, keep_);
    addToWorkingSet(keep_);
    if (metric_.size() == used) tolerance /= 10;
    la_.checkpoint();
  }
  before_ = lambda;
  return {model(lambda, gap)};
}

}  // namespace nonconvex
