#include "solvers/sparse/path/coordinate_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {
namespace {

constexpr std::size_t mostTogether = 8;  // lambdas whose gradients are had in one pass over x
constexpr double leastShare = 0.5;       // see candidateShare_
constexpr double mostShare = 1;
constexpr double presentShare = 1.45;              // of gradients as they are, beside those that are foreseen
constexpr double wider = 0.85, narrower = 1.02;    // that share, after columns were missing, and after none were
constexpr int mostAttempts = 12, fewAttempts = 2;  // at one lambda, the latter once nothing new comes into use
constexpr int mostQuadratics = 100;                // in turn, for one model
constexpr int patience = 8;                        // of a quadratic that has perhaps no minimum
constexpr int mostLax = 10;                        // of them, that steps which are small may end
constexpr double slow = 0.1;          // a violation that is more of the one before may ask for new curvatures
constexpr double slowest = 0.8;       // one that is more of it does
constexpr double columnsOfStep = 32;  // in use, with which a Gram matrix takes as long as a step
constexpr int columnsToGoOn = 100;    // in use, with fewer of which the step ahead costs more than what it spares
constexpr double stretching = 4;      // of curvatures, where the objective rises along a step
constexpr double mostStretched = 1e6;
constexpr int manyHalvings = 20;                    // of a step along which the objective falls at first
constexpr int mostJumpsInVain = 10;                 // from 0, that are tried one after the other
constexpr double leastFall = 1e-10;                 // of a step along lines, beside the null model's loss
constexpr double innerLeft = 0.9, innerMost = 0.5;  // by rows, of what the violation is at the goal, and of what it is
constexpr double littleCurvature = 0.03;            // by which that of a row may change while steps by rows have it
constexpr double innerShare = 0.1;                  // of the violation, to which a quadratic is minimised
constexpr double shareOfGap = 0.03;                 // of the tolerance that the columns in use may take
// The same where the gap is of the second order in the violation, as the distance to the optimum is.
constexpr double shareWithRidge = 1e-3;
constexpr double besideObjective = 30, leastBeside = 0.05;
constexpr int mostEnvelopes = 60;              // in turn, for one model
constexpr double narrowing = 0.25;             // of the width of one to the next, where that was easy to minimise
constexpr int hardEnvelope = 10;               // quadratics for one from which on it was not: then the next is wider
constexpr double shareOfEnvelopes = 0.3;       // of the tolerance that the columns in use may take with them
constexpr double accuracyOfNull = 1e-9;        // of the null model's loss
constexpr double besideTie = 1 + 1e-12;        // of the least lambda with which a coefficient does not jump from 0
constexpr double lookingAhead[] = {0.7, 0.4};  // of lambda, from where lower minima are looked for
constexpr double roughly = 3e-3;               // of lambda, the violation to which that is done at first
constexpr double promising = 1e-4;             // of the objective: by less above the best minimum it is done in full
constexpr double farthest = 2;                 // ahead of two models, over what is between them
constexpr int mostBisections = 16;             // of a step along a convex function

/// About the largest share below 1 with which a convex function still falls; 0 where that is too small.
template <class Falls>
double shareOfLeast(Falls&& falls) {
  double low = 0, high = 1;
  for (int k = 0; k < mostBisections; ++k) {
    const double middle = (low + high) / 2;
    (falls(middle) ? low : high) = middle;
  }
  return low;
}

}  // namespace

CoordinatePath::CoordinatePath(const Cpu& la, const SparseData& data, const SparseSettings& settings)
    : PathEngine(data),
      la_(la),
      data_(data),
      settings_(settings),
      metric_(la, data, settings.intercept),
      quadratic_(la, data, metric_),
      gradients_(at(data.p())),
      earlier_(gradients_) {
  for (const char constant : data.constant) left_ += constant;
}

/// Columns come into use, each with its gradient at the present point.
void CoordinatePath::takeIn(std::span<const int> columns) {
  if (columns.empty()) return;
  metric_.requireRoomFor(columns);
  metric_.add(columns);
  quadratic_.resize();
  setGradient();
}

void CoordinatePath::setGradient() {
  if (!squared()) {
    const double sum = std::accumulate(first_.begin(), first_.end(), 0.0);
    metric_.gradient(first_, quadratic_.q);
    for (int e = 0; e < metric_.size(); ++e) quadratic_.q[at(e)] -= metric_.mean(e) * sum;
    return;
  }
  quadratic_.applyGram(quadratic_.b, quadratic_.q);
  for (int e = 0; e < metric_.size(); ++e) quadratic_.q[at(e)] += correlations_[at(metric_.column(e))];
}

/// Losses of the present predictions.
void CoordinatePath::evaluate() {
  value_ = loss_->evaluate(t_, first_, second_);
  quadratic_.room = jumps_ ? value_ - perfect_ : 0;
  ++evaluations_;
}

/// Sets what is known before any model: sums of the responses, or the losses where there are offsets alone.
void CoordinatePath::measureResponses() {
  const auto n = at(data_.n());
  const auto offset = [&](std::size_t i) { return data_.offset.empty() ? 0 : data_.offset[i]; };
  for (auto* each : {&t_, &first_, &second_, &trial_}) each->resize(n);
  if (!squared()) {
    for (std::size_t i = 0; i < n; ++i) t_[i] = offset(i);
    evaluate();
    setCurvatures(1);
    return;
  }
  double mean = 0;
  for (std::size_t i = 0; i < n; ++i) mean += data_.weights[i] * (data_.y[i] - offset(i));
  meanResponse_ = settings_.intercept ? mean : 0;
  for (std::size_t i = 0; i < n; ++i) {
    const double r = meanResponse_ - (data_.y[i] - offset(i));
    first_[i] = data_.weights[i] * r;
    squaresOfResponse_ += first_[i] * r;
  }
  correlations_.resize(gradients_.size());
  const double sum = 0;
  data_.multiplyTransposed(la_, {first_.data(), data_.n(), 1, data_.n()}, &sum,
                           {correlations_.data(), data_.p(), 1, data_.p()});
}

void CoordinatePath::fitNull() {
  measureResponses();
  takeIn(data_.free);
  // Of the columns in use all are free, so that any lambda will do.
  const PenaltyAt penalty(data_, settings_, 1);
  solve(penalty, {.violation = 1e-12 * std::max(norm1(first_), 1e-300)});
  null_ = model(penalty, infinity, true);
  nullLoss_ = null_.loss;
  measureGradients(null_);
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.constant[at(j)] || data_.factor[at(j)] == 0) continue;
    const double g = gradients_[at(j)];
    if (g < 0 ? data_.upper[at(j)] == 0 : data_.lower[at(j)] == 0) continue;
    // Where 0 and a point far away are equally good, rounding is not to decide between them.
    const double l = penalty.convex() ? std::abs(g) : besideTie * penalty.weightOfZero(j, curvatureOf(j), std::abs(g));
    const double perLambda = data_.factor[at(j)] * std::max(settings_.alpha, 1e-3);
    lambdaMax_ = std::max(lambdaMax_, l / perLambda);
    steepest_ = std::max(steepest_, std::abs(g) / perLambda);
  }
  steepest_ = std::min(steepest_, lambdaMax_);
  gradientLambda_ = lambdaMax_;
}

/// Computes the gradients of all columns at the present model, which is this one.
void CoordinatePath::measureGradients(const PathModel& model) {
  kept_.resize(at(data_.n()));
  slopesOf(model, kept_);
  const double sum = std::accumulate(kept_.begin(), kept_.end(), 0.0);
  data_.multiplyTransposed(la_, {kept_.data(), data_.n(), 1, data_.n()}, &sum,
                           {gradients_.data(), data_.p(), 1, data_.p()});
}

void CoordinatePath::begin(std::span<const double> coefficients, std::span<const double> intercepts) {
  std::vector<int> columns;
  PathModel start;
  double& intercept = start.intercepts.emplace_back(intercepts[0]);
  for (int j = 0; j < data_.p(); ++j) {
    const double b = coefficients[at(j)];
    intercept += data_.centre(j) * b;
    if (b == 0 || data_.constant[at(j)]) continue;
    if (metric_.place(j) < 0) columns.push_back(j);
    start.columns.push_back(j);
    start.values.push_back(std::clamp(b * data_.scale[at(j)], data_.lower[at(j)], data_.upper[at(j)]));
  }
  takeIn(columns);
  restore(start);
  if (isWorseThanNull()) {
    start = null_;
    restore(start);
  }
  measureGradients(start);
}

/// Whether the null model is a better start for a minimum that does not depend on it. Far above it a loss such as that
/// of counts is no quadratic over any step.
bool CoordinatePath::isWorseThanNull() const {
  return !squared() && isConvex(settings_.penalty) && !loss_->envelope() && !(value_ <= nullLoss_);
}

double CoordinatePath::penaltyValue(const PenaltyAt& penalty) const {
  double sum = 0;
  for (int e = 0; e < metric_.size(); ++e) {
    if (quadratic_.b[at(e)] != 0) sum += penalty.value(metric_.column(e), quadratic_.b[at(e)]);
  }
  return sum;
}

/// What is good enough on the columns in use.
Goal CoordinatePath::goal(const PenaltyAt& penalty, double sharper) const {
  const double least = settings_.tolerance * std::max(0.1 * penalty.largestSlope(), 1e-4 * steepest_);
  // Without a penalty the gap is not asked for: its bound is that of each column alone.
  const double share = penalty.isZero() ? 0 : penalty.hasRidge() ? shareWithRidge : shareOfGap;
  // Beside an objective that is near 0, as those of counts may be, what is left counts for more.
  const double scale = scaleOfGap();
  const double beside =
      squared() || !penalty.hasRidge()
          ? scale
          : std::clamp(besideObjective * std::abs(value_ + penaltyValue(penalty)), leastBeside * scale, scale);
  return {sharper * least, sharper * share * settings_.tolerance * beside, scale};
}

bool CoordinatePath::solve(const PenaltyAt& penalty, const Goal& goal) {
  if (squared()) return quadratic_.minimize(penalty, goal);
  return loss_->envelope() ? solveEnvelopes(penalty, goal.violation) : solveRows(penalty, goal);
}

/// The method of multipliers for a loss that is not smooth: its envelope is minimised, whose derivatives are the next
/// multipliers, until these prove that the loss itself is small enough on the columns in use.
///
/// Longer steps of the multipliers: R. T. Rockafellar, "Augmented Lagrangians and applications of the proximal point
/// algorithm in convex programming", Mathematics of Operations Research 1(2), 1976.
bool CoordinatePath::solveEnvelopes(const PenaltyAt& penalty, double tolerance) {
  LossEnvelope& envelope = *loss_->envelope();
  double within = tolerance;
  for (int k = 0; k < mostEnvelopes; ++k) {
    const bool reached = solveRows(penalty, {.violation = within, .scale = scaleOfGap()}),
               hard = quadratics_ > hardEnvelope;
    const double loss = lossOfEnvelope();
    const double goal = nullLoss_ > 0 ? shareOfEnvelopes * settings_.tolerance * scaleOfGap() : accuracyOfNull * loss;
    if (loss + penaltyValue(penalty) - boundInUse(penalty) <= goal) return true;
    // A bound that is linear in the share of the slopes asks for a violation as small as the gap, both relative.
    if (penalty.largestSlope() > 0) within = std::min(tolerance, goal / loss * penalty.largestSlope() / 4);
    if (reached) envelope.update(t_);
    envelope.scale(!reached || hard ? 1 / narrowing : narrowing);
    evaluate();
    setCurvatures(1);
  }
  return false;
}

/// A lower bound of the optimum over the columns in use.
double CoordinatePath::boundInUse(const PenaltyAt& penalty) {
  std::vector<double> slopes = first_, gradients(gradients_.size()), inUse(at(metric_.size()));
  if (!makeSlopesOrthogonal(penalty, slopes, {})) return -infinity;
  metric_.gradient(slopes, inUse);
  for (int e = 0; e < metric_.size(); ++e) gradients[at(metric_.column(e))] = inUse[at(e)];
  PathModel present;
  present.held = heldAt(penalty);
  return bound(present, penalty, slopes, gradients, {});
}

/// The slope along the intercept.
double CoordinatePath::interceptSlope() const {
  return settings_.intercept ? std::accumulate(first_.begin(), first_.end(), 0.0) : 0;
}

/// What is good enough for one quadratic, at a point with this violation and gap.
Goal CoordinatePath::innerGoal(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const {
  Goal inner = goal;
  inner.violation =
      std::max(std::min(innerShare * violation, square(violation) / penalty.largestSlope()), 0.3 * goal.violation);
  if (quadratic_.byRows()) {
    // A look by rows costs as much as a sweep: rather down to what most likely is the goal.
    const double left = penalty.hasRidge() ? std::sqrt(goal.gap / gap) : goal.gap / gap;
    inner.violation = std::max(inner.violation, std::min(innerMost, innerLeft * left) * violation);
  }
  inner.gap = std::max(innerShare * gap, 0.3 * goal.gap);
  inner.lax = quadratics_ < mostLax;
  inner.patience = patience;
  return inner;
}

bool CoordinatePath::solveRows(const PenaltyAt& penalty, const Goal& goal) {
  double stretch = 1;
  allowJumps(true);
  for (quadratics_ = 0;; ++quadratics_) {
    la_.checkpoint();
    const double slope = interceptSlope();
    const double violation = std::max(quadratic_.largestViolation(penalty), std::abs(slope));
    const double gap =
        penalty.convex() ? quadratic_.gap(penalty, goal.scale) + square(slope) / (2 * metric_.totalWeight()) : infinity;
    if (violation <= goal.violation || gap <= goal.gap) return true;
    if (quadratics_ == mostQuadratics || stretch > mostStretched) return false;
    if (settleJumps(penalty, goal.violation, std::abs(slope))) continue;
    if (curvaturesLag_) followCurvatures(stretch);
    before_ = quadratic_.b;
    quadratic_.minimize(penalty, innerGoal(penalty, goal, violation, gap));
    bool moved = descend(penalty, quadratic_.productOfSteps());
    if (!moved && leaveJumps(penalty)) continue;
    if (!moved && !penalty.convex()) {
      const bool fell = takeTangentStep(penalty, goal);
      moved = takeSupportStep(penalty) || fell;
    }
    // Where the objective rises, the quadratic is too flat: with a penalty that is not convex it may lead over a hump.
    stretch = moved ? std::max(1.0, stretch / stretching) : stretch * stretching;
    if (!moved || (quadratic_.byRows() && !penalty.convex())) {
      setCurvatures(stretch);
      continue;
    }
    setGradient();
    if (quadratic_.byRows()) {
      curvaturesLag_ = true;
      continue;
    }
    if (!keepsCurvatures(penalty, goal, violation, gap)) setCurvatures(stretch);
  }
}

/// Whether steps with the curvatures of an earlier point are to go on, after one from this violation and gap: as many
/// as are left at the rate of the last cost less than a Gram matrix with new curvatures.
bool CoordinatePath::keepsCurvatures(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const {
  const double slope = interceptSlope();
  const double next = std::max(quadratic_.largestViolation(penalty), std::abs(slope)), rate = next / violation;
  if (next <= std::max(slow * violation, goal.violation)) return true;
  if (rate > slowest) return false;
  double left = std::log(goal.violation / next) / std::log(rate);
  if (penalty.convex()) {
    const double nextGap = quadratic_.gap(penalty, goal.scale) + square(slope) / (2 * metric_.totalWeight());
    if (nextGap <= goal.gap) return true;
    if (nextGap < gap) left = std::min(left, std::log(goal.gap / nextGap) / std::log(nextGap / gap));
  }
  return left * columnsOfStep <= metric_.size();
}

/// Whether coefficients that are 0 may leave it against their slope, where the quadratic has a lower minimum far away.
void CoordinatePath::allowJumps(bool may) {
  jumps_ = may;
  quadratic_.room = may ? value_ - perfect_ : 0;
}

/// New curvatures where those of an earlier point, which steps by rows were taken with, are too far from them.
void CoordinatePath::followCurvatures(double stretch) {
  loss_->curvatures(t_, second_, stretch, trial_);
  if (metric_.differs(trial_, littleCurvature)) setCurvatures(stretch, true);
  curvaturesLag_ = false;
}

/// Whether derivatives are small enough, so that only jumps from 0 are left: then those that lower the objective are
/// taken, and there are none from then on if none does. So it is half of the way to giving up, too.
bool CoordinatePath::settleJumps(const PenaltyAt& penalty, double tolerance, double slope) {
  if (penalty.convex() || !jumps_) return false;
  if (quadratics_ >= mostQuadratics / 2) allowJumps(false);
  quadratic_.room = 0;
  const bool small = std::max(quadratic_.largestViolation(penalty), slope) <= tolerance;
  allowJumps(jumps_);
  if (small && jumps_ && !takeJumps(penalty)) allowJumps(false);
  return small;
}

/// Takes coefficients from 0 against their slope, one after the other, where that lowers the objective; whether any
/// did.
bool CoordinatePath::takeJumps(const PenaltyAt& penalty) {
  int inVain = 0;
  bool any = false;
  for (const auto& [place, to] : quadratic_.jumps(penalty)) {
    la_.checkpoint();
    const double objective = value_ + penaltyValue(penalty);
    before_ = quadratic_.b;
    quadratic_.b[at(place)] = to;
    const bool fell = descend(penalty) && value_ + penaltyValue(penalty) < objective - leastFall * scaleOfGap();
    any = any || fell;
    if (inVain = fell ? 0 : inVain + 1; inVain == mostJumpsInVain) break;
  }
  if (any) setCurvatures(1);
  return any;
}

/// Leaves coefficients where they are that would leave 0 against their slope, the first to be where a quadratic leads
/// over a hump. Whether there may have been such.
bool CoordinatePath::leaveJumps(const PenaltyAt& penalty) {
  if (penalty.convex() || !jumps_) return false;
  allowJumps(false);
  setCurvatures(1);
  return true;
}

/// Goes down from before_ with lines in place of a penalty that is not convex, which they touch there and are above
/// elsewhere, so that the objective falls along the step. Whether it fell by more than rounding.
///
/// H. Zou, R. Li, "One-step sparse estimates in nonconcave penalized likelihood models", Annals of Statistics 36(4),
/// 2008.
bool CoordinatePath::takeTangentStep(const PenaltyAt& penalty, const Goal& goal) {
  setCurvatures(1);
  tangents_.resize(at(data_.p()));
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    tangents_[at(j)] = penalty.slopeAt(j, std::abs(before_[at(e)]));
  }
  const double objective = value_ + penaltyValue(penalty);
  const PenaltyAt lines = penalty.tangent(tangents_);
  // That of the derivatives: what a jump from 0 would gain is not to be had with lines.
  const double violation = quadratic_.largestViolation(lines);
  quadratic_.minimize(lines, {.violation = innerGoal(penalty, goal, violation, infinity).violation, .lax = true});
  return descend(penalty, quadratic_.productOfSteps(), manyHalvings) &&
         value_ + penaltyValue(penalty) < objective - leastFall * scaleOfGap();
}

/// Goes to the stationary point of the quadratic nearby, with the coefficients that are not 0 alone. Whether the
/// objective fell by more than rounding, or the violation became less.
bool CoordinatePath::takeSupportStep(const PenaltyAt& penalty) {
  setCurvatures(1);
  before_ = quadratic_.b;
  const double objective = value_ + penaltyValue(penalty), violation = quadratic_.largestViolation(penalty);
  if (!quadratic_.stepOnSupport(penalty) || !descend(penalty, {}, manyHalvings)) return false;
  setGradient();
  return value_ + penaltyValue(penalty) < objective - leastFall * scaleOfGap() ||
         quadratic_.largestViolation(penalty) < violation;
}

/// The metric by the present curvatures of the loss, times a number; and the gradient, of which less is to be done
/// where it is known for the metric as it was.
void CoordinatePath::setCurvatures(double stretch, bool known) {
  const double sum = known ? std::accumulate(first_.begin(), first_.end(), 0.0) : 0;
  for (int e = 0; e < metric_.size() && known; ++e) quadratic_.q[at(e)] += metric_.mean(e) * sum;
  if (exact()) {
    loss_->exactCurvatures(t_, stretch, trial_);
    metric_.setWeights(trial_, loss_.get());
  } else {
    loss_->curvatures(t_, second_, stretch, trial_);
    metric_.setWeights(trial_);
  }
  quadratic_.forgetFactor();
  curvaturesLag_ = false;
  if (!known) return setGradient();
  for (int e = 0; e < metric_.size(); ++e) quadratic_.q[at(e)] -= metric_.mean(e) * sum;
}

/// Moves predictions as the coefficients have moved since before_, with this product of x if it is there.
bool CoordinatePath::descend(const PenaltyAt& penalty, std::span<const double> product, int halvings) {
  std::fill(trial_.begin(), trial_.end(), 0.0);
  if (product.empty()) {
    move_.resize(quadratic_.b.size());
    for (std::size_t e = 0; e < move_.size(); ++e) move_[e] = quadratic_.b[e] - before_[e];
    metric_.addProduct(move_, trial_);
  } else {
    metric_.addUnscaled(product, trial_);
  }
  return takeMove(penalty, halvings);
}

/// Moves predictions by trial_, the product of x with what coefficients have moved by since before_, and the best
/// intercept, or by a share of that with which the objective falls. False where none does: then all stays where it was.
bool CoordinatePath::takeMove(const PenaltyAt& penalty, int halvings) {
  double ofIntercept = settings_.intercept ? -interceptSlope() / metric_.totalWeight() : 0;
  after_ = quadratic_.b;
  move_.resize(after_.size());
  for (std::size_t e = 0; e < move_.size(); ++e) {
    move_[e] = after_[e] - before_[e];
    ofIntercept -= metric_.mean(static_cast<int>(e)) * move_[e];
  }
  for (double& move : trial_) move += ofIntercept;
  quadratic_.b = before_;
  const double objective = value_ + penaltyValue(penalty), interceptBefore = intercept_;
  const double rounding = roundingOfSum(data_.n(), std::abs(objective) + scaleOfGap() + std::abs(perfect_));
  kept_ = t_;
  const auto moveTo = [&](double share) {
    for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = kept_[i] + share * trial_[i];
    for (std::size_t e = 0; e < move_.size(); ++e) {
      quadratic_.b[e] = share == 1 ? after_[e] : before_[e] + share * move_[e];
    }
    intercept_ = interceptBefore + share * ofIntercept;
    evaluate();
    return value_ + penaltyValue(penalty) <= objective + rounding;
  };
  if (loss_->kinked() && penalty.convex()) {
    const auto falls = [&](double share) {
      return moveTo(share) &&
             std::inner_product(first_.begin(), first_.end(), trial_.begin(), 0.0) + penaltySlope(penalty, move_) <= 0;
    };
    if (falls(1)) return true;
    if (const double share = shareOfLeast(falls); share > 0 && moveTo(share)) return true;
  } else {
    for (double share = 1; share > std::ldexp(1.0, -halvings); share /= 2) {
      if (moveTo(share)) return true;
    }
  }
  quadratic_.b = before_;
  intercept_ = interceptBefore;
  t_ = kept_;
  evaluate();
  return false;
}

/// The derivative of the penalty along a step.
double CoordinatePath::penaltySlope(const PenaltyAt& penalty, std::span<const double> step) const {
  double sum = 0;
  for (std::size_t e = 0; e < step.size(); ++e) {
    const int j = metric_.column(static_cast<int>(e));
    const double b = quadratic_.b[e], l = penalty.l1(j);
    sum += b == 0 ? l * std::abs(step[e]) : (penalty.l2(j) * b + std::copysign(l, b)) * step[e];
  }
  return sum;
}

/// The squared loss at the present coefficients.
double CoordinatePath::squaresInUse() const {
  double product = 0;
  for (int e = 0; e < metric_.size(); ++e) {
    product += quadratic_.b[at(e)] * (correlations_[at(metric_.column(e))] + quadratic_.q[at(e)]);
  }
  return (squaresOfResponse_ + product) / 2;
}

PathModel CoordinatePath::model(const PenaltyAt& penalty, double lambda, bool reached) {
  PathModel made;
  made.lambda = lambda;
  made.reached = reached;
  double& intercept = made.intercepts.emplace_back(squared() ? meanResponse_ : intercept_);
  for (int e = 0; e < metric_.size(); ++e) {
    const double b = quadratic_.b[at(e)];
    if (b == 0) continue;
    made.columns.push_back(metric_.column(e));
    made.values.push_back(b);
    if (squared()) intercept -= metric_.mean(e) * b;
  }
  made.loss = squared() ? squaresInUse() : lossOfEnvelope();
  made.objective = made.loss + penaltyValue(penalty);
  made.violation = quadratic_.largestViolation(penalty);
  made.locallyConvex = locallyConvex(penalty);
  return made;
}

/// Whether the objective is strictly convex near the present point, by curvatures of it where those of the quadratics
/// are no bounds of the loss's.
bool CoordinatePath::locallyConvex(const PenaltyAt& penalty) {
  if (penalty.convex()) return true;
  if (exact()) {
    setCurvatures(1);
    return quadratic_.locallyConvex(penalty);
  }
  if (!loss_->kinked()) return quadratic_.locallyConvex(penalty);
  loss_->leastCurvatures(t_, second_, trial_);
  if (!(std::accumulate(trial_.begin(), trial_.end(), 0.0) > 0)) return false;
  metric_.setWeights(trial_);
  quadratic_.forgetFactor();
  const bool convex = quadratic_.locallyConvex(penalty);
  setCurvatures(1);
  return convex;
}

void CoordinatePath::predict(const PathModel& model, std::span<double> t) const {
  double sum = model.intercepts[0];
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    const auto j = at(model.columns[k]);
    sum -= model.values[k] * data_.shift[j] / data_.scale[j];
  }
  for (std::size_t i = 0; i < t.size(); ++i) t[i] = sum + (data_.offset.empty() ? 0 : data_.offset[i]);
  for (std::size_t k = 0; k < model.columns.size(); ++k) data_.axpy(model.columns[k], model.values[k], t.data());
}

/// Goes back to a model.
void CoordinatePath::restore(const PathModel& model) {
  std::fill(quadratic_.b.begin(), quadratic_.b.end(), 0.0);
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    quadratic_.b[at(metric_.place(model.columns[k]))] = model.values[k];
  }
  if (!squared()) {
    intercept_ = model.intercepts[0];
    predict(model, t_);
    evaluate();
  }
  setGradient();
  passedLambda_ = 0;
  presentLambda_ = model.lambda;
}

/// The derivatives of the loss at the present model, which is this one, times the weights.
void CoordinatePath::slopesOf(const PathModel& model, std::span<double> slopes) {
  if (!squared()) {
    std::copy(first_.begin(), first_.end(), slopes.begin());
    return;
  }
  predict(model, slopes);
  for (std::size_t i = 0; i < slopes.size(); ++i) slopes[i] = data_.weights[i] * (slopes[i] - data_.y[i]);
}

/// The columns whose gradient is near what keeps a coefficient at 0, or will be if it goes on as between the last two
/// models.
void CoordinatePath::findCandidates(double lambda) {
  const PenaltyAt penalty(data_, settings_, lambda);
  const double between = earlierLambda_ - gradientLambda_;
  const double ahead = between > 0 ? (gradientLambda_ - lambda) / between : 0;
  missing_.clear();
  for (int j = 0; j < data_.p(); ++j) {
    if (metric_.place(j) >= 0 || data_.constant[at(j)]) continue;
    const double g = gradients_[at(j)], least = candidateShare_ * penalty.l1(j);
    // Where a penalty is not convex gradients may jump, which says nothing of what follows.
    const bool soon = penalty.convex() && std::abs(g + ahead * (g - earlier_[at(j)])) >= least;
    if (soon || std::abs(g) >= (penalty.convex() ? presentShare : 1) * least) missing_.push_back(j);
  }
}

/// Columns without penalty at a lambda, at 0 all that are not constant, but for those that bounds hold.
std::vector<int> CoordinatePath::freeAt(const PenaltyAt& penalty) const {
  std::vector<char> out = data_.constant;
  for (const int j : heldAt(penalty)) out[at(j)] = 1;
  std::vector<int> free;
  for (int j = 0; j < data_.p(); ++j) {
    if (!out[at(j)] && (penalty.isZero() || data_.factor[at(j)] == 0)) free.push_back(j);
  }
  return free;
}

/// Columns without penalty that bounds hold.
std::vector<int> CoordinatePath::heldAt(const PenaltyAt& penalty) const {
  std::vector<int> held;
  if (!data_.bounded) return held;
  const double least = violationsOfHeld * quadratic_.largestViolation(penalty);
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    const bool free = penalty.isZero() || data_.factor[at(j)] == 0;
    if (free && isHeld(data_, j, quadratic_.b[at(e)], quadratic_.q[at(e)], least)) held.push_back(j);
  }
  return held;
}

/// Whether a bound needs slopes that are made orthogonal first: those of the squared loss are so to the intercept.
bool CoordinatePath::needsOrthogonal(const PenaltyAt& penalty) const {
  return penalty.convex() && !(squared() && data_.free.empty() && !penalty.isZero());
}

/// Makes derivatives of the loss orthogonal to what has no penalty. Those of a joint loss stay its derivatives: at t.
bool CoordinatePath::makeSlopesOrthogonal(const PenaltyAt& penalty, std::span<double> slopes, std::span<double> t) {
  if (loss_->joint()) return makeOrthogonalAt(data_, *loss_, freeAt(penalty), t, slopes);
  std::span<const double> curvatures = squared() ? data_.weights : second_;
  if (loss_->kinked()) {
    loss_->curvatures(t_, second_, 1, trial_);
    curvatures = trial_;
  }
  return makeOrthogonal(data_, *loss_, freeAt(penalty), settings_.intercept, curvatures, slopes);
}

/// Goes to a minimum on the columns in use.
void CoordinatePath::moveTo(const Minimum& minimum) {
  quadratic_.b = minimum.b;
  quadratic_.q = minimum.q;
}

/// Goes down from the present coefficients, all the way where it may end below the best minimum so far; whether it did,
/// which then is this one.
bool CoordinatePath::takeIfLower(const PenaltyAt& penalty, double lambda, const Goal& goal, Minimum& best) {
  const auto objective = [&] { return squaresInUse() + penaltyValue(penalty); };
  quadratic_.minimize(penalty, {.violation = std::max(roughly * lambda, goal.violation), .rough = true});
  if (objective() > (1 + promising) * best.objective || !quadratic_.minimize(penalty, goal)) return false;
  const double found = objective();
  if (found >= best.objective - roundingOfSum(data_.n(), squaresOfResponse_)) return false;
  best = {quadratic_.b, quadratic_.q, found};
  return true;
}

/// Lower minima of a penalty that is not convex, for lambdas from the first on at which the objective is not locally
/// convex: with more columns in use, as at smaller lambdas, one gets to where the way down from larger lambdas does not
/// lead. So from below the last of these lambdas up to the first, and down again from what was found.
void CoordinatePath::seekLower(std::span<const double> lambdas, double sharper, std::vector<PathModel>& models,
                               std::vector<Minimum>& minima) {
  const auto isNot = [](const PathModel& model) { return !model.locallyConvex; };
  const auto first = static_cast<std::size_t>(std::find_if(models.begin(), models.end(), isNot) - models.begin());
  std::vector<char> lower(lambdas.size(), 0);
  const auto tryAt = [&](std::size_t k) {
    la_.checkpoint();
    const PenaltyAt penalty(data_, settings_, lambdas[k]);
    if (takeIfLower(penalty, lambdas[k], goal(penalty, sharper), minima[k])) lower[k] = 1;
  };
  for (std::size_t k = lambdas.size(); k-- > first;) {
    if (k + 1 < lambdas.size()) {
      moveTo(minima[k + 1]);
      tryAt(k);
      continue;
    }
    for (const double share : lookingAhead) {
      const double ahead = share * lambdas[k];
      moveTo(minima[k]);
      quadratic_.minimize({data_, settings_, ahead}, {.violation = roughly * ahead, .rough = true});
      tryAt(k);
    }
  }
  for (std::size_t k = first + 1; k < lambdas.size(); ++k) {
    if (!lower[k - 1]) continue;
    moveTo(minima[k - 1]);
    tryAt(k);
  }
  for (std::size_t k = first; k < lambdas.size(); ++k) {
    if (!lower[k]) continue;
    moveTo(minima[k]);
    models[k] = model({data_, settings_, lambdas[k]}, lambdas[k], true);
  }
  moveTo(minima.back());
}

/// Moves coefficients from before_ by a share of what they have moved by since the model before, and sets trial_ to the
/// product of x with that: predictions have moved alike, but for coefficients that are 0 or would change sign.
void CoordinatePath::goAhead(double share) {
  passed_.resize(before_.size(), 0.0);
  move_.assign(before_.size(), 0.0);
  for (std::size_t e = 0; e < before_.size(); ++e) {
    const double b = before_[e], next = b + share * (b - passed_[e]);
    const auto j = at(metric_.column(static_cast<int>(e)));
    if (b != 0) quadratic_.b[e] = next * b > 0 ? std::clamp(next, data_.lower[j], data_.upper[j]) : 0;
    move_[e] = quadratic_.b[e] - next;
  }
  const double ofIntercept = intercept_ - passedIntercept_;
  for (std::size_t i = 0; i < t_.size(); ++i) trial_[i] = share * (t_[i] - passedT_[i] - ofIntercept);
  metric_.addProduct(move_, trial_);
}

/// Goes on from the present model as the coefficients went from the one before it, if the objective falls: in lambda
/// they move along lines, as long as none of them leaves or becomes 0, but for what the curvature of the loss changes.
void CoordinatePath::goOn(const PenaltyAt& penalty, double lambda) {
  const double between = passedLambda_ - presentLambda_, ahead = presentLambda_ - lambda;
  const bool known = between > 0 && ahead > 0 && ahead <= farthest * between;
  const bool goes = known && penalty.convex() && !loss_->envelope();
  before_ = quadratic_.b;
  if (goes) goAhead(ahead / between);
  passed_ = before_;
  passedT_ = t_;
  passedIntercept_ = intercept_;
  if (goes && takeMove(penalty)) {
    setGradient();
    curvaturesLag_ = quadratic_.byRows();
  }
  passedLambda_ = presentLambda_;
  presentLambda_ = lambda;
}

/// Solves on the columns in use for some lambdas in turn, and computes the gradients of all columns there.
CoordinatePath::Together CoordinatePath::solveTogether(std::span<const double> lambdas, double sharper) {
  const int n = data_.n(), count = static_cast<int>(lambdas.size());
  Together all;
  all.slopes = HostMatrix<double>(n, count, Uninitialized{});
  all.gradients = HostMatrix<double>(data_.p(), count, Uninitialized{});
  if (loss_->joint()) all.predictions = HostMatrix<double>(n, count, Uninitialized{});
  std::vector<double> sums(lambdas.size());
  std::vector<Minimum> minima;
  const bool many = squared() && !isConvex(settings_.penalty) && !quadratic_.byRows();
  for (int k = 0; k < count; ++k) {
    const PenaltyAt penalty(data_, settings_, lambdas[at(k)]);
    if (!squared() && (quadratic_.byRows() || metric_.size() >= columnsToGoOn)) goOn(penalty, lambdas[at(k)]);
    const bool reached = solve(penalty, goal(penalty, sharper));
    all.models.push_back(model(penalty, lambdas[at(k)], reached));
    if (many) {
      minima.push_back({quadratic_.b, quadratic_.q, reached ? all.models.back().objective : infinity});
      continue;
    }
    setSlopes(all, k);
  }
  if (many) {
    seekLower(lambdas, sharper, all.models, minima);
    for (int k = 0; k < count; ++k) setSlopes(all, k);
  }
  for (int k = 0; k < count; ++k) {
    const std::span<const double> slopes(all.slopes.column(k), at(n));
    sums[at(k)] = std::accumulate(slopes.begin(), slopes.end(), 0.0);
  }
  data_.multiplyTransposed(la_, all.slopes, sums.data(), all.gradients);
  return all;
}

/// The derivatives of the loss at a model, which unless the loss is squared is the present one.
void CoordinatePath::setSlopes(Together& all, int k) {
  PathModel& model = all.models[at(k)];
  const PenaltyAt penalty(data_, settings_, model.lambda);
  model.held = heldAt(penalty);
  const std::span<double> slopes(all.slopes.column(k), at(data_.n()));
  slopesOf(model, slopes);
  const std::span<double> t =
      loss_->joint() ? std::span<double>(all.predictions.column(k), at(data_.n())) : std::span<double>();
  std::copy_n(t_.begin(), t.size(), t.begin());
  all.orthogonal.push_back(!needsOrthogonal(penalty) || makeSlopesOrthogonal(penalty, slopes, t));
  la_.checkpoint();
}

std::vector<PathModel> CoordinatePath::fit(std::span<const double> lambdas) {
  double sharper = 1;
  // Whether a column leaves 0 depends on the curvatures at a model, which are known of the last one alone.
  const bool alone = loss_->envelope() || (!squared() && !isConvex(settings_.penalty));
  std::size_t together = alone ? 1 : std::min(together_, lambdas.size());
  for (int attempt = 0, inVain = 0;; ++attempt) {
    together = takeInCandidates(lambdas.first(together));
    if (allInUse()) together = 1;
    Together all = solveTogether(lambdas.first(together), sharper);
    missing_.clear();
    std::size_t accepted = 0;
    while (accepted < together && check(all, static_cast<int>(accepted), missing_)) ++accepted;
    const int last = static_cast<int>(std::min(accepted, together - 1));
    keepGradients(all, last);
    const bool convex = isConvex(settings_.penalty);
    if (convex) followMissing();
    together_ = accepted == together ? std::min(mostTogether, 2 * together_) : std::max<std::size_t>(1, accepted);
    if (accepted == together) return std::move(all.models);
    const bool any = !missing_.empty();
    takeInMissing(all, accepted);
    restore(all.models[accepted]);
    // Of a penalty that is not convex a model is soon as near as it comes: it may have no minimum at all.
    inVain = any ? 0 : inVain + 1;
    const bool farDown = !squared() && !convex && !any && explained(all.models[0].loss) >= fullyExplained;
    if (accepted == 0 && (attempt >= mostAttempts || (!convex && inVain > fewAttempts) || farDown)) {
      // The goal on the columns in use is smaller than what is told of a model.
      all.models[0].reached = !convex && all.models[0].violation <= settings_.tolerance * steepest_;
      accepted = 1;
    }
    if (accepted > 0) {
      all.models.resize(accepted);
      return std::move(all.models);
    }
    if (!any && convex) sharper /= 10;
    together = std::max<std::size_t>(1, together / 2);
  }
}

/// Takes in what lambdas are likely to need; how many of them, as those that there is memory for are not to be lost by
/// others.
std::size_t CoordinatePath::takeInCandidates(std::span<const double> lambdas) {
  std::size_t together = lambdas.size();
  findCandidates(lambdas.back());
  if (together > 1 && !metric_.hasRoomFor(missing_)) {
    together = 1;
    findCandidates(lambdas.front());
  }
  takeIn(missing_);
  return together;
}

/// Takes in what the first model that was not accepted lacks, and what those behind it most likely do if there is
/// memory for that. Where there is none for the former, accepted models are to be had all the same.
void CoordinatePath::takeInMissing(const Together& all, std::size_t accepted) {
  const std::size_t count = missing_.size();
  if (count > 0 && isConvex(settings_.penalty)) addMissingLater(all, accepted + 1);
  if (!metric_.hasRoomFor(missing_)) missing_.resize(count);
  if (accepted > 0 && !metric_.hasRoomFor(missing_)) missing_.clear();
  takeIn(missing_);
}

/// Takes candidates in more or less widely, as columns were missing or not.
void CoordinatePath::followMissing() {
  candidateShare_ = missing_.empty() ? std::min(mostShare, narrower * candidateShare_)
                                     : std::max(leastShare, wider * candidateShare_);
}

/// The gradients at a model and the one before it, from which those at smaller lambdas are foreseen.
void CoordinatePath::keepGradients(const Together& all, int last) {
  if (last > 0) {
    std::copy_n(all.gradients.column(last - 1), data_.p(), earlier_.begin());
    earlierLambda_ = all.models[at(last - 1)].lambda;
  } else {
    std::swap(earlier_, gradients_);
    earlierLambda_ = gradientLambda_;
  }
  std::copy_n(all.gradients.column(last), data_.p(), gradients_.begin());
  gradientLambda_ = all.models[at(last)].lambda;
}

/// Models behind one that lacked columns lack them too, but what they violate besides is most likely needed there.
void CoordinatePath::addMissingLater(const Together& all, std::size_t first) {
  for (int j = 0; j < data_.p(); ++j) {
    if (metric_.place(j) >= 0 || data_.constant[at(j)]) continue;
    bool needed = false;
    for (std::size_t k = first; k < all.models.size(); ++k) {
      const double least = all.models[k].lambda * settings_.alpha * data_.factor[at(j)];
      needed = needed || std::abs(all.gradients(j, static_cast<int>(k))) > least;
    }
    if (needed && std::find(missing_.begin(), missing_.end(), j) == missing_.end()) missing_.push_back(j);
  }
}

/// Whether a model is good enough; `missing` gets the columns that are not in use and not to be 0.
bool CoordinatePath::check(Together& all, int k, std::vector<int>& missing) {
  PathModel& model = all.models[at(k)];
  const PenaltyAt penalty(data_, settings_, model.lambda);
  const std::span<const double> gradients(all.gradients.column(k), at(data_.p()));
  const double allowed = std::max(model.violation, 1e-9 * model.lambda);
  for (int j = 0; j < data_.p(); ++j) {
    if (metric_.place(j) >= 0 || data_.constant[at(j)]) continue;
    const double violation = penalty.violation(j, 0, gradients[at(j)]);
    if (violation > allowed || leavesZero(penalty, j, gradients[at(j)], model.loss)) missing.push_back(j);
    model.violation = std::max(model.violation, violation);
  }
  if (!missing.empty()) return false;
  if (!penalty.convex()) return model.reached;
  const double scale = scaleOfGap();
  const std::span<const double> slopes(all.slopes.column(k), at(data_.n()));
  const std::span<const double> t(loss_->joint() ? all.predictions.column(k) : nullptr,
                                  loss_->joint() ? at(data_.n()) : 0);
  const double lower = all.orthogonal[at(k)] ? bound(model, penalty, slopes, gradients, t) : -infinity;
  model.gap = scale > 0 ? std::max(0.0, model.objective - lower) / scale : 0;
  // A gap is a proof, however far the steps on the columns in use came.
  model.reached = model.reached || model.gap <= settings_.tolerance;
  return model.gap <= settings_.tolerance;
}

/// The curvature along a column, which stays the same for the squared loss.
double CoordinatePath::curvatureOf(int column) {
  if (!squared()) return metric_.curvatureOf(column);
  if (curvatures_.empty()) curvatures_.assign(at(data_.p()), unknown);
  double& c = curvatures_[at(column)];
  if (!isKnown(c)) c = metric_.curvatureOf(column);
  return c;
}

/// Whether a column that is at 0 by its gradient has a lower minimum far from there, which penalties that are not
/// convex may have where the curvature is small.
bool CoordinatePath::leavesZero(const PenaltyAt& penalty, int column, double gradient, double loss) {
  if (penalty.convex()) return false;
  const double c = curvatureOf(column);
  return c > 0 && penalty.minimizerFromZero(column, c, gradient, loss - perfect_) != 0;
}

double CoordinatePath::bound(const PathModel& model, const PenaltyAt& penalty, std::span<const double> slopes,
                             std::span<const double> gradients, std::span<const double> t) {
  const double share = std::min(feasibleShare(data_, penalty, gradients), loss_->feasibleShare(slopes));
  double value = 0;
  if (!needsOrthogonal(penalty)) {
    for (std::size_t k = 0; k < model.columns.size(); ++k) {
      value -= model.values[k] * gradients[at(model.columns[k])];
    }
    value = share * (value + (2 - share) * model.loss);
  } else {
    value = loss_->dualValueAt(slopes, share, t);
  }
  const Mat<const double> all{gradients.data(), data_.p(), 1, data_.p()};
  return value - conjugates(data_, penalty, gradients, share) - conjugatesOfHeld(data_, model.held, all, share);
}

}  // namespace nonconvex
