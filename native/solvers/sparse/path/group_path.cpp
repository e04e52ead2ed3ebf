#include "solvers/sparse/path/group_path.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"
#include "solvers/sparse/certificates/block_certificate.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {
namespace {

constexpr int mostColumnsTogether = 32;  // of slopes of some lambdas, whose gradients are had in one pass over x
constexpr int mostLambdasTogether = 8;
constexpr double shareOfCandidates = 0.9;  // of the last of these lambdas, from which dual norm on a group is taken in
constexpr int mostAttemptsAtOne = 12;      // at one lambda
constexpr int mostModels = 300;            // quadratics in turn, for one model
constexpr int mostModelsInVain = 50;       // the same, once a model of a penalty that is not convex was not reached
constexpr double slowProgress = 0.1;       // a violation that is more of the one before asks for new curvatures
constexpr double stretchOfCurvatures = 4;  // where the objective rises along a step
constexpr double largestStretch = 1e6;
constexpr int mostHalvingsOfStep = 8;
constexpr double shareOfViolation = 0.1;      // to which a quadratic is minimised
constexpr double shareOfTolerance = 0.3;      // of the gap, that the columns in use may take
constexpr int mostDirections = 60;            // of conjugate gradients for one Newton step on rows
constexpr double accuracyOfStep = 0.05;       // of its residual
constexpr double mostNumbersOfClasses = 4e7;  // that all second derivatives of classes may take
constexpr double shareHeld = 1e-4;            // of curvature, where classes have together what only bounds limit
constexpr double leastAlpha = 1e-3;           // by which lambdaMax is told of penalties that are nearly squares alone

}  // namespace

GroupPath::GroupPath(const Cpu& la, const SparseData& data, const SparseSettings& settings)
    : PathEngine(data),
      la_(la),
      data_(data),
      settings_(settings),
      responses_(data.responses()),
      blocks_(data, settings),
      metric_(la, data, settings.intercept),
      quadratic_(la, blocks_, metric_, data.responses()),
      classes_(la, metric_, data.responses(), settings.intercept),
      model_(la, blocks_, classes_),
      sums_(at(data.responses())),
      gradients_(data.p(), data.responses()),
      intercepts_(at(data.responses()), 0.0),
      conjugateGradients_(la) {
  require(!data.bounded || !blocks_.joint() || isConvex(settings.penalty), "lowerBounds, upperBounds", "given",
          "expected none for groupMcp and groupScad");
  const std::size_t size = at(data.n()) * at(responses_);
  for (auto* each : {&t_, &first_, &second_, &rows_}) resizeInPieces(*each, size, [&] { la.abortPoint(); });
  la.abortPoint();
  h_.resize(at(data.n()));
  std::size_t widest = 1;
  for (int g = 0; g < blocks_.count(); ++g) widest = std::max(widest, blocks_.columns(g).size());
  for (auto* each : {&block_, &lower_, &upper_}) each->resize(widest * at(responses_));
}

template <class F>
void GroupPath::forBlocks(int group, Mat<const double> gradients, F&& f) const {
  const std::span<const int> columns = blocks_.columns(group);
  const std::size_t size = columns.size() * at(responses_);
  for (std::size_t e = 0; e < columns.size(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      const std::size_t entry = e * at(responses_) + at(k);
      block_[entry] = gradients(columns[e], k);
      if (!data_.bounded) continue;
      lower_[entry] = blocks_.lower(columns[e], k);
      upper_[entry] = blocks_.upper(columns[e], k);
    }
  }
  const auto part = [&](std::size_t first, std::size_t count) {
    const auto of = [&](const std::vector<double>& all) { return std::span<const double>(all).subspan(first, count); };
    f(of(block_), data_.bounded ? BlockBounds{of(lower_), of(upper_)} : BlockBounds{});
  };
  if (blocks_.joint()) {
    if (size > 0) part(0, size);
    return;
  }
  for (std::size_t k = 0; k < size; ++k) part(k, 1);
}

std::vector<int> GroupPath::columnsOf(std::span<const int> groups) const {
  std::vector<int> columns;
  for (const int g : groups) columns.insert(columns.end(), blocks_.columns(g).begin(), blocks_.columns(g).end());
  return columns;
}

void GroupPath::takeIn(std::span<const int> groups) {
  if (groups.empty()) return;
  metric_.requireRoomFor(columnsOf(groups));
  quadratic_.add(groups);
  setGradient();
}

void GroupPath::evaluate() {
  value_ = loss_->evaluate(t_, first_, second_);
  quadratic_.room = value_ - perfect_;
  ++evaluations_;
}

/// Gradients of the places in use, with the best intercepts eliminated.
void GroupPath::setGradient() {
  places_.resize(at(metric_.size()));
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    const std::span<double> slopes = column(first_, k);
    const double sum = std::accumulate(slopes.begin(), slopes.end(), 0.0);
    metric_.gradient(slopes, places_);
    for (int e = 0; e < metric_.size(); ++e) {
      quadratic_.q[at(e * responses_ + k)] = places_[at(e)] - metric_.mean(e) * sum;
    }
  }
}

double GroupPath::violationOfIntercepts() const {
  if (!settings_.intercept) return 0;
  double most = 0;
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    const auto from = first_.begin() + static_cast<std::ptrdiff_t>(at(k) * at(data_.n()));
    most = std::max(most, std::abs(std::accumulate(from, from + data_.n(), 0.0)));
  }
  return most;
}

/// The metric by the present curvatures of the loss, times a number.
void GroupPath::setCurvatures(double stretch) {
  if (exact()) {
    loss_->exactCurvatures(t_, stretch, h_);
    metric_.setWeights(h_, loss_.get());
  } else {
    loss_->curvatures(t_, second_, stretch, rows_);
    std::copy_n(rows_.begin(), h_.size(), h_.begin());  // they are the same for all responses
    metric_.setWeights(h_);
  }
  quadratic_.forgetCurvatures();
  setGradient();
}

/// t := what the coefficients and intercepts of a step add to the predictions: those of the intercepts are in the rows
/// already.
void GroupPath::rowsOfStep(std::span<const double> step) {
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    for (int e = 0; e < metric_.size(); ++e) places_[at(e)] = step[at(e * responses_ + k)];
    metric_.addProduct(places_, column(rows_, k));
  }
}

/// Moves predictions as the coefficients go to `after` and the intercepts by `moves_`, or a share of that with which
/// the objective falls; of a quadratic the intercepts go to the best ones. False where none does: then all stays where
/// it was.
bool GroupPath::moveTo(const BlockPenaltyAt& penalty, std::span<const double> after, bool ofQuadratic) {
  const std::size_t size = after.size();
  moves_.resize(at(responses_));
  before_.assign(quadratic_.b.begin(), quadratic_.b.end());
  la_.checkpoint();
  start_ = t_;
  const double objective = value_ + quadratic_.penaltyValue(penalty);
  const double rounding = roundingOfSum(data_.n(), std::abs(objective) + scaleOfGap() + std::abs(perfect_));
  std::vector<double>& step = image_;
  step.resize(size);
  for (std::size_t e = 0; e < size; ++e) step[e] = after[e] - before_[e];
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    const std::span<double> slopes = column(first_, k);
    double move = 0;
    if (settings_.intercept) {
      move = ofQuadratic ? -std::accumulate(slopes.begin(), slopes.end(), 0.0) / metric_.totalWeight() : moves_[at(k)];
    }
    for (int e = 0; e < metric_.size(); ++e) move -= metric_.mean(e) * step[at(e * responses_ + k)];
    moves_[at(k)] = move;
    std::ranges::fill(column(rows_, k), move);
  }
  rowsOfStep(step);
  const std::vector<double> from = intercepts_;
  for (double share = 1; share > std::ldexp(1.0, -mostHalvingsOfStep); share /= 2) {
    for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = start_[i] + share * rows_[i];
    la_.checkpoint();
    for (std::size_t e = 0; e < size; ++e) quadratic_.b[e] = share == 1 ? after[e] : before_[e] + share * step[e];
    for (std::size_t k = 0; k < from.size(); ++k) intercepts_[k] = from[k] + share * moves_[k];
    evaluate();
    if (value_ + quadratic_.penaltyValue(penalty) <= objective + rounding) return true;
  }
  std::ranges::copy(before_, quadratic_.b.begin());
  t_ = start_;
  la_.checkpoint();
  intercepts_ = from;
  evaluate();
  return false;
}

bool GroupPath::solve(const BlockPenaltyAt& penalty, double tolerance, double gap) {
  const auto reached = [&](double violation) {
    return quadratic_.reached(penalty, {tolerance, violationOfIntercepts() <= tolerance ? gap : 0, value_ - perfect_},
                              violation);
  };
  const auto violation = [&] { return std::max(quadratic_.largestViolation(penalty), violationOfIntercepts()); };
  double now = violation(), stretch = 1;
  // Where columns explain all, a penalty that does not grow leaves no minimum, nor will it at smaller lambdas.
  const int most = inVain_ ? mostModelsInVain : mostModels;
  for (int k = 0; k < most; ++k) {
    if (reached(now)) return true;
    const double inner =
        squared() ? tolerance / 2
                  : std::max(std::min(shareOfViolation * now, square(now) / std::max(penalty.largestSlope(), 1e-300)),
                             0.3 * tolerance);
    const BlockQuadratic::Goal within{inner, squared() ? gap : shareOfViolation * gap, value_ - perfect_};
    const bool classes = takesClasses(penalty, tolerance);
    const bool moved = classes ? classStep(penalty, within, stretch) : rowStep(penalty, within);
    const double next = violation();
    if (squared()) {
      if (!moved || next > 0.5 * now) return reached(next);
      now = next;
      continue;
    }
    // Where the objective rises, the quadratic is too flat: with a penalty that is not convex it may lead over a hump.
    stretch = moved ? std::max(1.0, stretch / stretchOfCurvatures) : stretch * stretchOfCurvatures;
    const bool slow = !moved || next > slowProgress * now;
    classesServe_ = classes && !slow;
    if (slow && !classes) setCurvatures(stretch);
    if (stretch > largestStretch) return reached(next);
    now = next;
    la_.checkpoint();
  }
  inVain_ = inVain_ || !penalty.convex();
  return false;
}

/// Goes to the minimum of the quadratic with curvatures of rows, or a part of the way there, and of classes on by a
/// Newton step. Whether it moved.
bool GroupPath::rowStep(const BlockPenaltyAt& penalty, const BlockQuadratic::Goal& goal) {
  ends_ = quadratic_.b;
  quadratic_.minimize(penalty, goal);
  ends_.swap(quadratic_.b);
  const bool moved = moveTo(penalty, ends_, true);
  setGradient();
  if (loss_->coupled()) newtonStep(penalty);
  return moved;
}

/// Whether the next quadratic is that of all second derivatives of classes; collects the places that it has.
bool GroupPath::takesClasses(const BlockPenaltyAt& penalty, double tolerance) {
  if (!loss_->coupled() || !penalty.convex()) return false;
  quadratic_.collectWorking(penalty, tolerance, working_);
  return classes_.numbersFor(static_cast<double>(working_.size())) <= mostNumbersOfClasses;
}

/// Places of columns without penalty.
void GroupPath::freePlaces(const BlockPenaltyAt& penalty) {
  freePlaces_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    if (penalty.isZero() || data_.factor[at(metric_.column(e))] == 0) freePlaces_.push_back(e);
  }
}

/// Goes to the minimum of the quadratic with all second derivatives on the places that takesClasses() has found, or a
/// part of the way there. Whether it moved.
bool GroupPath::classStep(const BlockPenaltyAt& penalty, const BlockQuadratic::Goal& goal, double stretch) {
  const std::vector<int>& known = classes_.entries();
  if (!classesServe_ || !std::ranges::includes(known, working_)) {
    freePlaces(penalty);
    if (!classes_.set(working_, freePlaces_, data_.bounded ? shareHeld : 1, *loss_, first_, second_, stretch))
      return false;
  }
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    const std::span<double> slopes = column(first_, k);
    sums_[at(k)] = std::accumulate(slopes.begin(), slopes.end(), 0.0);
  }
  model_.takeOver(quadratic_, known);
  for (std::size_t e = 0; e < known.size(); ++e) {
    model_.q[e] = quadratic_.q[at(known[e])] + metric_.mean(known[e] / responses_) * sums_[at(known[e] % responses_)];
  }
  classes_.reduce(sums_, model_.q);
  model_.minimize(penalty, goal);
  ends_ = quadratic_.b;
  direction_.resize(known.size());
  for (std::size_t e = 0; e < known.size(); ++e) {
    direction_[e] = model_.b[e] - ends_[at(known[e])];
    ends_[at(known[e])] = model_.b[e];
  }
  moves_.resize(at(responses_));
  classes_.intercepts(sums_, direction_, moves_);
  for (std::size_t e = 0; e < known.size(); ++e) {
    moves_[at(known[e] % responses_)] += metric_.mean(known[e] / responses_) * direction_[e];
  }
  const bool moved = moveTo(penalty, ends_, false);
  setGradient();
  return moved;
}

/// out := second derivatives of the loss on the support and the intercepts, with columns less their means, times v.
void GroupPath::multiplyByCurvature(std::span<const double> v, std::span<double> out) {
  const std::vector<int>& entries = quadratic_.entries();
  const std::size_t count = entries.size();
  for (int k = 0; k < responses_; ++k) {
    std::fill(places_.begin(), places_.end(), 0.0);
    double shift = settings_.intercept ? v[count + at(k)] : 0;
    for (std::size_t e = 0; e < count; ++e) {
      if (entries[e] % responses_ != k) continue;
      const int place = entries[e] / responses_;
      places_[at(place)] = v[e];
      shift -= metric_.mean(place) * v[e];
    }
    std::ranges::fill(column(rows_, k), shift);
    metric_.addProduct(places_, column(rows_, k));
  }
  loss_->multiplyHessian(first_, second_, rows_);
  for (int k = 0; k < responses_; ++k) {
    const std::span<double> r = column(rows_, k);
    moves_[at(k)] = std::accumulate(r.begin(), r.end(), 0.0);
    out[count + at(k)] = settings_.intercept ? moves_[at(k)] : 0;
  }
  for (std::size_t e = 0; e < count; ++e) {
    const int place = entries[e] / responses_, k = entries[e] % responses_;
    out[e] = metric_.dot(place, column(rows_, k).data()) - metric_.mean(place) * moves_[at(k)];
  }
  quadratic_.addPenaltyCurvature(v.first(count), out.first(count));
}

/// Conjugate gradients for Newton's step on the support and the intercepts, scaled by the diagonal; into the step of
/// the support, with the intercepts behind.
bool GroupPath::solveOnRows() {
  std::vector<double>& step = quadratic_.step();
  const std::size_t count = quadratic_.entries().size(), size = count + at(responses_);
  step.resize(size);
  diagonal_.resize(size);
  for (int k = 0; k < responses_; ++k) {
    const std::span<double> slopes = column(first_, k), diagonal = column(second_, k);
    const double curvature = std::accumulate(diagonal.begin(), diagonal.end(), 0.0);
    step[count + at(k)] = settings_.intercept ? -std::accumulate(slopes.begin(), slopes.end(), 0.0) : 0;
    diagonal_[count + at(k)] = std::max(curvature, 1e-12);
  }
  for (std::size_t e = 0; e < count; ++e) diagonal_[e] = quadratic_.diagonalAt(static_cast<int>(e));
  const auto multiply = [&](In d, Out out) { multiplyByCurvature(d, out); };
  return conjugateGradients_.solve(step, {accuracyOfStep, mostDirections}, multiply, DiagonalPreconditioner{diagonal_})
             .steps > 0;
}

/// A Newton step of the objective itself on the support. Whether it moved.
bool GroupPath::newtonStep(const BlockPenaltyAt& penalty) {
  moves_.resize(at(responses_));
  quadratic_.collectSupport(penalty);
  if (!solveOnRows()) return false;
  const std::vector<int>& entries = quadratic_.entries();
  const std::vector<double>& step = quadratic_.step();
  ends_ = quadratic_.b;
  for (std::size_t e = 0; e < entries.size(); ++e) ends_[at(entries[e])] += step[e];
  clip(penalty, quadratic_.b, ends_);
  for (int k = 0; k < responses_; ++k) moves_[at(k)] = step[entries.size() + at(k)];
  const bool moved = moveTo(penalty, ends_, false);
  setGradient();
  return moved;
}

/// Entries stay within their bounds, and at 0 where they would change their sign, if the penalty has their absolute
/// values.
void GroupPath::clip(const BlockPenaltyAt& penalty, std::span<const double> before, std::span<double> after) const {
  quadratic_.clip(after);
  if (blocks_.joint() && penalty.of(0).l1 == 0) return;
  for (std::size_t e = 0; e < after.size(); ++e) {
    if (meetsZero(before[e], after[e])) after[e] = 0;
  }
}

void GroupPath::fitNull() {
  const auto n = at(data_.n());
  for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = data_.offset.empty() ? 0 : data_.offset[i];
  evaluate();
  setCurvatures(1);
  std::vector<int> free;
  for (int g = 0; g < blocks_.count(); ++g) {
    if (blocks_.factor(g) == 0 && !blocks_.columns(g).empty()) free.push_back(g);
  }
  takeIn(free);
  // Of the groups in use all are free, so that any lambda will do.
  const BlockPenaltyAt penalty(blocks_, settings_, 1);
  solve(penalty, 1e-12 * std::max(norm1(first_), 1e-300), 0);
  nullLoss_ = value_;
  if (isConvex(settings_.penalty)) null_ = model(penalty, infinity, true);
  std::vector<double> sums(at(responses_));
  for (int k = 0; k < responses_; ++k) {
    const std::span<double> slopes = column(first_, k);
    sums[at(k)] = std::accumulate(slopes.begin(), slopes.end(), 0.0);
  }
  data_.multiplyTransposed(la_, {first_.data(), static_cast<int>(n), responses_, static_cast<int>(n)}, sums.data(),
                           gradients_);
  for (int g = 0; g < blocks_.count(); ++g) {
    if (blocks_.factor(g) == 0) continue;
    forBlocks(g, gradients_, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      lambdaMax_ = std::max(lambdaMax_, largestLambda(g, gradient, bounds));
    });
  }
}

/// The least lambda at which a block with this gradient is 0.
double GroupPath::largestLambda(int group, std::span<const double> gradient, const BlockBounds& bounds) const {
  const double factor = blocks_.factor(group), norm = BlockPenalty{}.dualNorm(gradient, bounds);
  if (settings_.penalty != SparsePenalty::sparseGroupLasso) {
    return norm / (factor * std::max(settings_.alpha, leastAlpha));
  }
  if (norm == 0) return 0;
  const double largest = normInf(gradient);
  double low = 0, high = settings_.alpha > 0 ? largest / settings_.alpha : infinity;
  if (settings_.alpha < 1) high = std::min(high, norm / ((1 - settings_.alpha) * factor));
  for (int k = 0; k < 200 && high - low > machineEpsilon * high; ++k) {
    const double middle = low + (high - low) / 2;
    const BlockPenalty penalty = BlockPenaltyAt(blocks_, settings_, middle).of(group);
    (penalty.dualNorm(gradient, bounds) > penalty.l ? low : high) = middle;
  }
  return high;
}

void GroupPath::begin(std::span<const double> coefficients, std::span<const double> intercepts) {
  PathModel start;
  start.intercepts.assign(intercepts.begin(), intercepts.end());
  std::vector<int> groups;
  for (int g = 0; g < blocks_.count(); ++g) {
    bool on = false;
    for (const int j : blocks_.columns(g)) {
      for (int k = 0; k < responses_; ++k) {
        const double b = coefficients[at(j) + at(data_.p()) * at(k)];
        start.intercepts[at(k)] += data_.centre(j) * b;
        if (b == 0) continue;
        on = true;
        const int place = j + data_.p() * k;
        start.columns.push_back(place);
        start.values.push_back(std::clamp(b * data_.scale[at(j)], data_.lower[at(place)], data_.upper[at(place)]));
      }
    }
    if (on && !quadratic_.inUse(g)) groups.push_back(g);
  }
  takeIn(groups);
  restore(start);
  // Far above the null model a loss such as that of counts is no quadratic over any step.
  if (!squared() && isConvex(settings_.penalty) && !(value_ <= nullLoss_)) restore(null_);
}

/// The violation on the columns in use that is small enough.
double GroupPath::tolerance(const BlockPenaltyAt& penalty) const {
  const double slope = penalty.largestSlope();
  const double least = settings_.tolerance * std::max(0.1 * slope, 1e-4 * lambdaMax_);
  if (!penalty.convex()) return least;
  const double ofGap = shareOfTolerance * settings_.tolerance * scaleOfGap() / std::max(norm1(quadratic_.b), 1e-300);
  return std::max(least, std::min(0.01 * slope, ofGap));
}

PathModel GroupPath::model(const BlockPenaltyAt& penalty, double lambda, bool reached) {
  PathModel made;
  made.lambda = lambda;
  made.reached = reached;
  made.intercepts = intercepts_;
  for (int e = 0; e < metric_.size(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      const double b = quadratic_.b[at(e * responses_ + k)];
      if (b == 0) continue;
      made.columns.push_back(metric_.column(e) + data_.p() * k);
      made.values.push_back(b);
    }
  }
  made.loss = value_;
  made.objective = value_ + quadratic_.penaltyValue(penalty);
  made.violation = quadratic_.largestViolation(penalty);
  made.locallyConvex = locallyConvex(penalty);
  made.held = heldAt(penalty);
  if (loss_->coupled()) centre(made);
  return made;
}

/// Whether the objective is strictly convex near the present point, by curvatures of it where those of the quadratics
/// are no bounds of the loss's.
bool GroupPath::locallyConvex(const BlockPenaltyAt& penalty) {
  if (penalty.convex()) return true;
  if (exact()) setCurvatures(1);
  if (!loss_->kinked()) return quadratic_.locallyConvex(penalty);
  loss_->leastCurvatures(t_, second_, h_);
  if (!(std::accumulate(h_.begin(), h_.end(), 0.0) > 0)) return false;
  metric_.setWeights(h_);
  quadratic_.forgetCurvatures();
  const bool convex = quadratic_.locallyConvex(penalty);
  setCurvatures(1);
  return convex;
}

/// Makes derivatives of the loss orthogonal to what has no penalty. Those of a joint loss stay its derivatives: at t.
bool GroupPath::makeSlopesOrthogonal(const BlockPenaltyAt& penalty, std::span<double> slopes, std::span<double> t) {
  const std::vector<std::vector<int>> free = freeAt(penalty);
  if (loss_->joint()) return makeOrthogonalAt(data_, *loss_, free[0], t, slopes);
  if (!loss_->kinked()) {
    return makeResponsesOrthogonal(data_, *loss_, free, settings_.intercept, first_, second_, slopes);
  }
  loss_->curvatures(t_, second_, 1, rows_);
  return makeOrthogonal(data_, *loss_, free[0], settings_.intercept, rows_, slopes);
}

/// Intercepts of classes, and their coefficients of columns without penalty, mean something only beside each other:
/// they sum to 0, the latter as nearly as bounds let them.
void GroupPath::centre(PathModel& model) const {
  const double mean =
      std::accumulate(model.intercepts.begin(), model.intercepts.end(), 0.0) / static_cast<double>(responses_);
  for (double& each : model.intercepts) each -= mean;
  std::vector<int> places;
  std::vector<double> values;
  for (std::size_t k = 0; k < model.columns.size();) {
    const int j = model.columns[k] % data_.p();
    column_.assign(at(responses_), 0.0);
    std::size_t end = k;
    for (; end < model.columns.size() && model.columns[end] % data_.p() == j; ++end) {
      column_[at(model.columns[end] / data_.p())] = model.values[end];
    }
    // Of a column without penalty and bounds all classes are there, or none.
    const bool free = data_.factor[at(j)] == 0 || model.lambda == 0;
    if (free && (data_.bounded || end - k == at(responses_))) centre(j, column_);
    for (int l = 0; l < responses_; ++l) {
      if (column_[at(l)] == 0) continue;
      places.push_back(j + data_.p() * l);
      values.push_back(column_[at(l)]);
    }
    k = end;
  }
  model.columns = std::move(places);
  model.values = std::move(values);
}

/// Adds a number to the coefficients of a column, after which they sum to 0, or the nearest one within bounds.
void GroupPath::centre(int column, std::span<double> coefficients) const {
  double move = -std::accumulate(coefficients.begin(), coefficients.end(), 0.0) / responses_;
  const auto bound = [&](const std::vector<double>& all, int k) { return all[at(column + data_.p() * k)]; };
  for (int k = 0; k < responses_; ++k) {
    const double b = coefficients[at(k)];
    move = std::clamp(move, bound(data_.lower, k) - b, bound(data_.upper, k) - b);
  }
  for (int k = 0; k < responses_; ++k) {
    double& b = coefficients[at(k)];
    // Whose bound has ended the move is there, whatever rounding says.
    const bool low = move == bound(data_.lower, k) - b, high = move == bound(data_.upper, k) - b;
    b = low    ? bound(data_.lower, k)
        : high ? bound(data_.upper, k)
               : std::clamp(b + move, bound(data_.lower, k), bound(data_.upper, k));
  }
}

void GroupPath::restore(const PathModel& model) {
  std::fill(quadratic_.b.begin(), quadratic_.b.end(), 0.0);
  for (std::size_t k = 0; k < model.columns.size(); ++k) {
    const int j = model.columns[k] % data_.p(), response = model.columns[k] / data_.p();
    quadratic_.b[at(metric_.place(j) * responses_ + response)] = model.values[k];
  }
  intercepts_ = model.intercepts;
  places_.resize(at(metric_.size()));
  for (int k = 0; k < responses_; ++k) {
    // Products are of columns with their shifts where x is dense, without where it is sparse.
    std::ranges::fill(column(rows_, k), intercepts_[at(k)]);
  }
  rowsOfStep(quadratic_.b);
  la_.checkpoint();
  for (std::size_t i = 0; i < t_.size(); ++i) t_[i] = rows_[i] + (data_.offset.empty() ? 0 : data_.offset[i]);
  evaluate();
  setGradient();
}

std::vector<int> GroupPath::candidates(const BlockPenaltyAt& penalty) const {
  std::vector<int> found;
  for (int g = 0; g < blocks_.count(); ++g) {
    if (quadratic_.inUse(g)) continue;
    BlockPenalty along = penalty.of(g);
    along.l1 *= shareOfCandidates;
    bool takes = false;
    forBlocks(g, gradients_, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      takes = takes || along.dualNorm(gradient, bounds) >= shareOfCandidates * along.l;
    });
    if (takes) found.push_back(g);
  }
  return found;
}

/// Columns without penalty of each response at a lambda, at 0 all that are not constant, but for those whose
/// coefficients bounds hold.
std::vector<std::vector<int>> GroupPath::freeAt(const BlockPenaltyAt& penalty) {
  const std::vector<int> held = heldAt(penalty);
  std::vector<std::vector<int>> free(at(responses_));
  for (int j = 0; j < data_.p(); ++j) {
    if (data_.constant[at(j)] || !(penalty.isZero() || data_.factor[at(j)] == 0)) continue;
    for (int k = 0; k < responses_; ++k) {
      if (!std::ranges::binary_search(held, j + data_.p() * k)) free[at(k)].push_back(j);
    }
  }
  return free;
}

/// Places of coefficients without penalty that bounds hold, rising.
std::vector<int> GroupPath::heldAt(const BlockPenaltyAt& penalty) {
  std::vector<int> held;
  if (!data_.bounded) return held;
  const double least = violationsOfHeld * quadratic_.largestViolation(penalty);
  for (std::size_t entry = 0; entry < quadratic_.b.size(); ++entry) {
    const int j = metric_.column(static_cast<int>(entry) / responses_);
    const int place = j + data_.p() * (static_cast<int>(entry) % responses_);
    const bool free = penalty.isZero() || data_.factor[at(j)] == 0;
    if (free && isHeld(data_, place, quadratic_.b[entry], quadratic_.q[entry], least)) held.push_back(place);
  }
  std::ranges::sort(held);
  return held;
}

/// Solves on the groups in use for some lambdas in turn, and computes the gradients of all columns there.
GroupPath::Together GroupPath::solveTogether(std::span<const double> lambdas, double sharper) {
  const int n = data_.n(), count = static_cast<int>(lambdas.size()), width = count * responses_;
  Together all;
  all.gradients = HostMatrix<double>(data_.p(), width, Uninitialized{});
  if (slopes_.cols() < width) slopes_ = HostMatrix<double>(n, width, Uninitialized{});
  all.slopes = slopes_.columns(0, width);
  if (loss_->joint()) all.predictions = HostMatrix<double>(n, width, Uninitialized{});
  std::vector<double> sums(at(width));
  for (int k = 0; k < count; ++k) {
    const BlockPenaltyAt penalty(blocks_, settings_, lambdas[at(k)]);
    const bool reached =
        solve(penalty, sharper * tolerance(penalty), sharper * shareOfTolerance * settings_.tolerance * scaleOfGap());
    all.models.push_back(model(penalty, lambdas[at(k)], reached));
    const std::span<double> slopes(all.slopes.column(k * responses_), first_.size());
    for (int r = 0; r < responses_; ++r) {
      la_.checkpoint();
      std::ranges::copy(column(first_, r), all.slopes.column(k * responses_ + r));
    }
    const std::span<double> t =
        loss_->joint() ? std::span<double>(all.predictions.column(k), at(n)) : std::span<double>();
    std::copy_n(t_.begin(), t.size(), t.begin());
    all.orthogonal.push_back(!penalty.convex() || makeSlopesOrthogonal(penalty, slopes, t));
    for (int r = 0; r < responses_; ++r) {
      la_.checkpoint();
      const double* of = all.slopes.column(k * responses_ + r);
      sums[at(k * responses_ + r)] = std::accumulate(of, of + n, 0.0);
    }
    la_.checkpoint();
  }
  data_.multiplyTransposed(la_, all.slopes, sums.data(), all.gradients);
  return all;
}

std::vector<PathModel> GroupPath::fit(std::span<const double> lambdas) {
  double sharper = 1;
  // Whether a group leaves 0 depends on the curvatures at a model, which are known of the last one alone.
  const bool alone = !squared() && !isConvex(settings_.penalty);
  std::size_t together =
      alone ? 1 : std::min(lambdas.size(), at(std::clamp(mostColumnsTogether / responses_, 1, mostLambdasTogether)));
  for (int attempt = 0;; ++attempt) {
    std::vector<int> groups = candidates({blocks_, settings_, lambdas[together - 1]});
    if (together > 1 && !metric_.hasRoomFor(columnsOf(groups))) {
      // Those that there is memory for are not lost by others.
      together = 1;
      groups = candidates({blocks_, settings_, lambdas.front()});
    }
    takeIn(groups);
    Together all = solveTogether(lambdas.first(together), sharper);
    std::vector<int> missing;
    std::size_t accepted = 0;
    while (accepted < together && check(all, static_cast<int>(accepted), missing)) ++accepted;
    const int last = static_cast<int>(std::min(accepted, together - 1));
    std::copy_n(all.gradients.column(last * responses_), at(data_.p()) * at(responses_), gradients_.data());
    if (accepted == together) return std::move(all.models);
    if (accepted > 0 && !metric_.hasRoomFor(columnsOf(missing))) missing.clear();
    takeIn(missing);
    restore(all.models[accepted]);
    // Of a penalty that is not convex a model is as near as it comes: it may have no minimum at all.
    const bool nearest = missing.empty() && !isConvex(settings_.penalty);
    if (accepted == 0 && (nearest || attempt >= mostAttemptsAtOne)) {
      all.models[0].reached = false;
      accepted = 1;
    }
    if (accepted > 0) {
      all.models.resize(accepted);
      return std::move(all.models);
    }
    if (missing.empty()) sharper /= 10;
    together = std::max<std::size_t>(1, together / 2);
  }
}

/// Whether a model is good enough; `missing` gets the groups that are not in use and not to be 0.
bool GroupPath::check(Together& all, int k, std::vector<int>& missing) {
  PathModel& model = all.models[at(k)];
  const BlockPenaltyAt penalty(blocks_, settings_, model.lambda);
  const Mat<const double> gradients = all.gradients.columns(k * responses_, responses_);
  const double allowed = std::max(model.violation, 1e-9 * model.lambda);
  for (int g = 0; g < blocks_.count(); ++g) {
    if (quadratic_.inUse(g)) continue;
    const BlockPenalty along = penalty.of(g);
    bool takes = false;
    forBlocks(g, gradients, [&](std::span<const double> gradient, const BlockBounds& bounds) {
      const double violation = std::max(0.0, along.dualNorm(gradient, bounds) - along.l);
      takes = takes || violation > allowed || leavesZero(along, g, gradient, bounds, model.loss);
      model.violation = std::max(model.violation, violation);
    });
    if (takes) missing.push_back(g);
  }
  if (!missing.empty()) return false;
  if (!penalty.convex()) return model.reached;
  const double scale = scaleOfGap();
  const std::span<const double> slopes(all.slopes.column(k * responses_), first_.size());
  const std::span<const double> t(loss_->joint() ? all.predictions.column(k) : nullptr,
                                  loss_->joint() ? at(data_.n()) : 0);
  const double lower = all.orthogonal[at(k)] ? bound(model, penalty, slopes, gradients, t) : -infinity;
  model.gap = scale > 0 ? std::max(0.0, model.objective - lower) / scale : 0;
  return model.gap <= settings_.tolerance;
}

/// The second derivatives of the present quadratic by some columns, which need not be in use.
HostMatrix<double> GroupPath::gramOf(std::span<const int> columns) const {
  const int size = static_cast<int>(columns.size());
  HostMatrix<double> x(data_.n(), size), gram(size, size), products(loss_->outerTerms(), size);
  for (int e = 0; e < size; ++e) {
    const auto j = at(columns[at(e)]);
    for (int i = 0; i < data_.n(); ++i) x(i, e) = -data_.shift[j] / data_.scale[j];
    data_.x().forEntries(columns[at(e)], [&](int i, double v) { x(i, e) += v / data_.scale[j]; });
    if (exact()) loss_->outerProducts(x.column(e), products.column(e));
  }
  for (int e = 0; e < size; ++e) {
    for (int f = 0; f <= e; ++f) {
      double sum = 0, left = 0, right = 0;
      for (int i = 0; i < data_.n(); ++i) {
        const double h = h_[at(i)];
        sum += h * x(i, e) * x(i, f);
        left += h * x(i, e);
        right += h * x(i, f);
      }
      const double outer = exact()               ? blas::dot(products.rows(), products.column(e), products.column(f))
                           : settings_.intercept ? left * right / metric_.totalWeight()
                                                 : 0;
      gram(e, f) = gram(f, e) = sum - outer;
    }
  }
  return gram;
}

/// Whether a block that is at 0 by its gradient has a lower minimum far from there, which penalties that are not convex
/// may have where the curvature is small.
bool GroupPath::leavesZero(const BlockPenalty& penalty, int group, std::span<const double> gradient,
                           const BlockBounds& bounds, double loss) {
  if (penalty.convex()) return false;
  const double room = loss - perfect_;
  const std::span<const int> columns = blocks_.columns(group);
  if (gradient.size() == 1) {
    const double c = metric_.curvatureOf(columns[0]);
    if (!(c > 0)) return false;
    const double b = penalty.with([&](const auto& along) {
      if (!bounds.given()) return along.minimizer(c + penalty.ridge, -gradient[0]);
      return penalties::minimizerWithin(along, c + penalty.ridge, -gradient[0], bounds.lower[0], bounds.upper[0]);
    });
    return penalty.leavesZero({&b, 1}, gradient, room);
  }
  const int size = static_cast<int>(columns.size());
  const HostMatrix<double> gram = gramOf(columns);
  std::vector<double> z(gradient.size()), b(gradient.size());
  BlockCurvature curvature(size, responses_);
  curvature.set(gram);
  if (curvature.least() > penalty.concavity()) return false;
  for (std::size_t k = 0; k < z.size(); ++k) z[k] = -gradient[k];
  curvature.minimize(penalty, z, b);
  return penalty.leavesZero(b, gradient, room);
}

double GroupPath::bound(const PathModel& model, const BlockPenaltyAt& penalty, std::span<const double> slopes,
                        Mat<const double> gradients, std::span<const double> t) const {
  double share = loss_->feasibleShare(slopes);
  const auto forAll = [&](auto&& f) {
    for (int g = 0; g < blocks_.count() && !penalty.isZero(); ++g) {
      // Slopes are orthogonal to groups without penalty, but for rounding and coefficients at bounds.
      if (blocks_.factor(g) == 0) continue;
      const BlockPenalty along = penalty.of(g);
      forBlocks(g, gradients,
                [&](std::span<const double> gradient, const BlockBounds& bounds) { f(along, gradient, bounds); });
    }
  };
  forAll([&](const BlockPenalty& along, std::span<const double> gradient, const BlockBounds& bounds) {
    share = std::min(share, along.feasibleShare(gradient, bounds));
  });
  double value = loss_->dualValueAt(slopes, share, t);
  value -= conjugatesOfHeld(data_, model.held, gradients, share);
  forAll([&](const BlockPenalty& along, std::span<const double> gradient, const BlockBounds& bounds) {
    // Without these the share is such that the conjugate is 0.
    if (along.ridge > 0 || bounds.given()) value -= along.conjugate(gradient, share, bounds);
  });
  return value;
}

}  // namespace nonconvex
