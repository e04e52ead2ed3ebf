#include "solvers/sparse/path/working_set.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "methods/line_search/armijo.hpp"
#include "methods/one_dimensional/bisection.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {
namespace {

/// About the largest share below 1 with which a convex function still falls; 0 where that is too small.
template <class Falls>
double shareOfLeast(Falls&& falls) {
  return bisect({0, 1}, WorkingSet::Tuning::mostBisections, falls).low;
}

/// The sum of the conjugates of a convex penalty at -s times gradients of one response, both of places, over
/// coefficients no larger than those of b.
double conjugatesWithin(const PenaltyAt& penalty, const GramMetric& metric, std::span<const double> b,
                        std::span<const double> gradients, double share) {
  double sum = 0;
  std::vector<double> lower, upper, own;
  for (int g = 0; g < penalty.blocks().count(); ++g) {
    for (auto* each : {&lower, &upper, &own}) each->clear();
    for (const int j : penalty.blocks().columns(g)) {
      const int place = metric.place(j);
      if (place < 0) break;
      upper.push_back(std::abs(b[at(place)]));
      lower.push_back(-upper.back());
      own.push_back(gradients[at(place)]);
    }
    if (!own.empty()) sum += penalty.of(g).conjugate(own, share, {lower, upper});
  }
  return sum;
}

}  // namespace

WorkingSet::WorkingSet(const Cpu& la, const SparseData& data, const SparseSettings& settings, RowsLoss& loss)
    : la_(la),
      data_(data),
      settings_(settings),
      blocks_(data, settings),
      metric_(la, data, settings.intercept),
      quadratic_(la, blocks_, metric_),
      loss_(la, data, settings.intercept, metric_, loss),
      scale_(-loss_.perfect()) {}

std::vector<int> WorkingSet::columnsOf(std::span<const int> blocks) const {
  std::vector<int> columns;
  for (const int g : blocks) columns.insert(columns.end(), blocks_.columns(g).begin(), blocks_.columns(g).end());
  return columns;
}

void WorkingSet::start() {
  loss_.start();
  setPossibleDecrease();
  if (!loss_.squared()) setCurvatures(1);
}

void WorkingSet::add(std::span<const int> blocks) {
  if (blocks.empty()) return;
  metric_.requireRoomFor(columnsOf(blocks));
  quadratic_.add(blocks);
  setGradient();
}

void WorkingSet::allowEscapes(bool may) {
  escapes_ = may;
  setPossibleDecrease();
}

void WorkingSet::setPossibleDecrease() {
  if (!loss_.squared()) quadratic_.possibleDecrease = escapes_ ? loss_.value() - loss_.perfect() : 0;
}

void WorkingSet::evaluate() {
  loss_.evaluate();
  setPossibleDecrease();
}

double WorkingSet::exactObjective(const PenaltyAt& penalty) const {
  return loss_.valueOf(quadratic_.b, quadratic_.q) + penaltyValue(penalty);
}

double WorkingSet::violation(const PenaltyAt& penalty) {
  return std::max(quadratic_.largestViolation(penalty), loss_.violationOfIntercepts());
}

double WorkingSet::gap(const PenaltyAt& penalty) const {
  return penalty.convex() ? quadratic_.gap(penalty, scale_) + loss_.gapOfIntercepts() : infinity;
}

void WorkingSet::setGradient() {
  if (!loss_.squared()) return loss_.gradient(quadratic_.q);
  quadratic_.applyGram(quadratic_.b, quadratic_.q);
  loss_.addCorrelations(quadratic_.q);
}

void WorkingSet::setCurvatures(double stretch) {
  loss_.setCurvatures(stretch);
  quadratic_.forgetCurvatures();
  setGradient();
}

bool WorkingSet::descend(const PenaltyAt& penalty, int halvings, std::span<const double> moves) {
  const std::vector<double>& b = quadratic_.b;
  move_.resize(b.size());
  for (std::size_t e = 0; e < move_.size(); ++e) move_[e] = b[e] - before_[e];
  loss_.setProduct(move_);
  return descendWithProduct(penalty, halvings, moves);
}

bool WorkingSet::descendWithProduct(const PenaltyAt& penalty, int halvings, std::span<const double> moves) {
  after_ = quadratic_.b;
  move_.resize(after_.size());
  for (std::size_t e = 0; e < move_.size(); ++e) move_[e] = after_[e] - before_[e];
  loss_.prepareMove(move_, moves);
  quadratic_.b = before_;
  const double objective = this->objective(penalty);
  const double rounding = roundingOfSum(data_.n(), std::abs(objective) + scale_ + std::abs(loss_.perfect()));
  const auto moveTo = [&](double share) {
    for (std::size_t e = 0; e < move_.size(); ++e) {
      quadratic_.b[e] = share == 1 ? after_[e] : before_[e] + share * move_[e];
    }
    loss_.moveTo(share);
    setPossibleDecrease();
    return this->objective(penalty) <= objective + rounding;
  };
  if (loss_.rows().kinked() && penalty.convex()) {
    const auto falls = [&](double share) {
      return moveTo(share) && loss_.slopeOfMove() + quadratic_.penaltySlope(penalty, move_) <= 0;
    };
    if (falls(1)) return true;
    if (const double share = shareOfLeast(falls); share > 0 && moveTo(share)) return true;
  } else if (backtrack({.mostTrials = halvings}, moveTo) > 0) {
    return true;
  }
  quadratic_.b = before_;
  loss_.moveBack();
  setPossibleDecrease();
  return false;
}

PathModel WorkingSet::model(const PenaltyAt& penalty, double lambda, bool reached) {
  const int responses = loss_.responses();
  PathModel made;
  made.lambda = lambda;
  made.reached = reached;
  for (std::size_t entry = 0; entry < quadratic_.b.size(); ++entry) {
    const int e = static_cast<int>(entry);
    if (quadratic_.b[entry] == 0) continue;
    made.columns.push_back(metric_.column(e / responses) + data_.p() * (e % responses));
    made.values.push_back(quadratic_.b[entry]);
  }
  loss_.describe(made, quadratic_.b, quadratic_.q);
  made.objective = made.loss + penaltyValue(penalty);
  made.violation = quadratic_.largestViolation(penalty);
  made.locallyConvex = locallyConvex(penalty);
  return made;
}

void WorkingSet::restore(const PathModel& model) {
  const int responses = loss_.responses();
  std::fill(quadratic_.b.begin(), quadratic_.b.end(), 0.0);
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    const int j = model.columns[k] % data_.p(), response = model.columns[k] / data_.p();
    quadratic_.b[at(metric_.place(j) * responses + response)] = model.values[k];
  }
  loss_.restore(model);
  setPossibleDecrease();
  setGradient();
}

bool WorkingSet::locallyConvex(const PenaltyAt& penalty) {
  if (penalty.convex()) return true;
  if (loss_.exact()) {
    setCurvatures(1);
    return quadratic_.locallyConvex(penalty);
  }
  if (!loss_.rows().kinked()) return quadratic_.locallyConvex(penalty);
  if (!loss_.setLeastCurvatures()) return false;
  quadratic_.forgetCurvatures();
  const bool convex = quadratic_.locallyConvex(penalty);
  setCurvatures(1);
  return convex;
}

double WorkingSet::curvatureOf(int column) {
  if (!loss_.squared()) return metric_.curvatureOf(column);
  if (curvatures_.empty()) curvatures_.assign(at(data_.p()), unknown);
  double& c = curvatures_[at(column)];
  if (!isKnown(c)) c = metric_.curvatureOf(column);
  return c;
}

BlockCurvature WorkingSet::curvatureOfBlock(int block) const {
  const std::span<const int> columns = blocks_.columns(block);
  BlockCurvature curvature(static_cast<int>(columns.size()), loss_.responses());
  curvature.set(metric_.gramOf(columns));
  return curvature;
}

double WorkingSet::lambdaOfZero(int block, std::span<const double> gradient, double leastAlpha, double least) {
  BlockCurvature curvature = curvatureOfBlock(block);
  std::vector<double> z(gradient.size()), b(gradient.size());
  for (std::size_t k = 0; k < z.size(); ++k) z[k] = -gradient[k];
  BlockPenalty along = penaltyAt(1).of(block);
  along.ridge = 0;
  const double weight = blocks_.factor(block) * std::max(settings_.alpha, leastAlpha);
  const auto leaves = [&](double lambda) {
    along.l = lambda * weight;
    curvature.minimize(along, z, b);
    return norm2Squared(b) > 0;
  };
  if (!(curvature.largest() > 0)) return least;
  const auto zero = [&](const auto& of) { return of.weightOfZero(curvature.largest(), normOf(gradient)); };
  double low = std::max(least, along.with(zero) / weight), high = Tuning::besideTie * low;
  while (leaves(high)) {
    low = high;
    high *= 2;
  }
  return bisect({low, high}, Tuning::halvingsOfLambda, leaves).high;
}

bool WorkingSet::leavesZero(const PenaltyAt& penalty, int block, std::span<const double> gradient,
                            const BlockBounds& bounds, double loss) {
  // A loss without curvature does not tell which minima are far from 0.
  if (penalty.convex() || loss_.rows().envelope()) return false;
  const double possibleDecrease = loss - loss_.perfect();
  const std::span<const int> columns = blocks_.columns(block);
  const auto along = penalty.of(block);
  if (gradient.size() == 1) {
    const double to = along.minimizerFromZero(curvatureOf(columns[0]), gradient[0], bounds);
    return along.leavesZero({&to, 1}, gradient, possibleDecrease);
  }
  BlockCurvature curvature = curvatureOfBlock(block);
  if (curvature.least() > along.concavity()) return false;
  std::vector<double> z(gradient.size()), b(gradient.size());
  for (std::size_t k = 0; k < z.size(); ++k) z[k] = -gradient[k];
  curvature.minimize(along, z, b);
  return along.leavesZero(b, gradient, possibleDecrease);
}

std::vector<int> WorkingSet::activeBounds(const PenaltyAt& penalty) {
  std::vector<int> active;
  if (!data_.bounded) return active;
  const int responses = loss_.responses();
  const double least = Tuning::ofViolation * quadratic_.largestViolation(penalty);
  for (std::size_t entry = 0; entry < quadratic_.b.size(); ++entry) {
    const int e = static_cast<int>(entry), j = metric_.column(e / responses), place = j + data_.p() * (e % responses);
    const bool free = penalty.isZero() || data_.factor[at(j)] == 0;
    if (free && isHeld(data_, place, quadratic_.b[entry], quadratic_.q[entry], least)) active.push_back(place);
  }
  return active;
}

/// Columns of each response without penalty, at 0 all that are not constant, but for those at active bounds.
std::vector<std::vector<int>> WorkingSet::unpenalised(const PenaltyAt& penalty) {
  std::vector<int> active = activeBounds(penalty);
  std::ranges::sort(active);
  std::vector<std::vector<int>> free(at(loss_.responses()));
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.constant[at(j)] || !(penalty.isZero() || data_.factor[at(j)] == 0)) continue;
    for (std::size_t k = 0; k < free.size(); ++k) {
      if (!std::ranges::binary_search(active, j + data_.p() * static_cast<int>(k))) free[k].push_back(j);
    }
  }
  return free;
}

/// Whether a bound needs slopes that are made orthogonal first: those of the squared loss are so to the intercept.
bool WorkingSet::needsOrthogonal(const PenaltyAt& penalty) const {
  return penalty.convex() && !(loss_.squared() && data_.free.empty() && !penalty.isZero());
}

bool WorkingSet::slopesOf(const PathModel& model, const PenaltyAt& penalty, std::span<double> slopes,
                          std::span<double> t) {
  loss_.slopesOf(model, slopes);
  std::copy_n(loss_.predictions().begin(), t.size(), t.begin());
  return !needsOrthogonal(penalty) || loss_.makeOrthogonal(unpenalised(penalty), slopes, t);
}

double WorkingSet::bound(const PathModel& model, const PenaltyAt& penalty, std::span<const double> slopes,
                         Mat<const double> gradients, std::span<const double> t) const {
  const RowsLoss& loss = loss_.rows();
  const double share = std::min(feasibleShare(penalty, gradients), loss.feasibleShare(slopes));
  double value = 0;
  if (!needsOrthogonal(penalty)) {
    for (std::size_t k = 0; k < model.columns.size(); ++k) {
      value -= model.values[k] * gradients(model.columns[k] % data_.p(), model.columns[k] / data_.p());
    }
    value = share * (value + (2 - share) * model.loss);
  } else {
    value = loss.dualValueAt(slopes, share, t);
  }
  return value - conjugates(penalty, gradients, share) - conjugatesOfHeld(data_, model.activeBounds, gradients, share);
}

double WorkingSet::boundOfWorkingSet(const PenaltyAt& penalty) {
  PathModel present;
  const std::span<const double> first = loss_.first();
  std::vector<double> slopes(first.begin(), first.end()), own(quadratic_.b.size());
  if (!loss_.makeOrthogonal(unpenalised(penalty), slopes, {})) return -infinity;
  HostMatrix<double> gradients(data_.p(), 1);
  metric_.gradient(slopes, own);
  if (penalty.isTangent()) {
    // Lines of large coefficients are flat, so that only gradients of exactly 0 would bound the optimum over all.
    const double share = loss_.rows().feasibleShare(slopes);
    return loss_.rows().dualValueAt(slopes, share, {}) - conjugatesWithin(penalty, metric_, quadratic_.b, own, share);
  }
  for (int e = 0; e < metric_.size(); ++e) gradients(metric_.column(e), 0) = own[at(e)];
  present.activeBounds = activeBounds(penalty);
  return bound(present, penalty, slopes, gradients, {});
}

}  // namespace nonconvex
