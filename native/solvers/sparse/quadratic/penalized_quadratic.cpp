#include "solvers/sparse/quadratic/penalized_quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "solvers/sparse/certificates/certificate.hpp"

namespace nonconvex {

struct PenalizedQuadratic::Tuning {
  static constexpr int mostRounds = 500;      ///< safeguard: looks at all conditions
  static constexpr int mostCycles = 12;       ///< measured: cycles of Newton steps and sweeps between such looks
  static constexpr int sweepsByRows = 20;     ///< measured: sweeps by rows between such looks
  static constexpr int memory = 5;            ///< measured: sweeps that Anderson's extrapolation remembers
  static constexpr int sweepsByNewton = 2;    ///< measured: sweeps between Newton steps
  static constexpr int sweepsAlone = 10;      ///< measured: sweeps where no Newton step can be taken
  static constexpr int roughSweeps = 30;      ///< measured: sweeps where no Newton step is asked for
  static constexpr double entriesOfGram = 4;  ///< measured: entries by rows in the time of an entry of G
  static constexpr double entriesOfFactor = 1.0 / 25;  ///< measured: the same in the time of a cubed place of a factor
  static constexpr double nearEdge = 0.01;     ///< safeguard: share of l1 within which a gradient counts as at the edge
  static constexpr int mostShortSteps = 4;     ///< measured: Newton steps in a row that end at a sign that would change
  static constexpr double leastPivot = 1e-13;  ///< rounding: largest pivot of columns that depend on each other
  static constexpr double negligible = 0.1;    ///< measured: share of the violation aimed at that a step may leave
};

/// Where a coefficient that is 0 goes, with a gradient.
double PenalizedQuadratic::fromZero(const CoefficientPenalty& along, int place, double gradient) const {
  const double to = along.minimizerFromZero(metric_.curvature(place), gradient, bounds(metric_.column(place)));
  return along.leavesZero({&to, 1}, {&gradient, 1}, possibleDecrease) ? to : 0;
}

/// The violation of the conditions at a place, and at 0 also the slope that would lead as far as a lower minimum lies
/// which the derivatives do not show.
double PenalizedQuadratic::violation(const CoefficientPenalties& penalty, int place, double gradient) const {
  const int j = metric_.column(place);
  const CoefficientPenalty along = penalty.of(j);
  const double found = along.violation(b[at(place)], gradient, bounds(j));
  if (penalty.convex() || b[at(place)] != 0) return found;
  return std::max(found, metric_.curvature(place) * std::abs(fromZero(along, place, gradient)));
}

void PenalizedQuadratic::add(std::span<const int> columns) {
  metric_.add(columns);
  b.resize(at(metric_.size()), 0.0);
  q.resize(at(metric_.size()), 0.0);
  slotOf_.resize(at(metric_.size()), -1);
}

void PenalizedQuadratic::Factored::clear() {
  factor.clear();
  places.clear();
  diagonal.clear();
}

void PenalizedQuadratic::forgetCurvatures() {
  factor_.clear();
  convexity_.clear();
  for (const int e : slots_) slotOf_[at(e)] = -1;
  slots_.clear();
}

double PenalizedQuadratic::largestViolation(const CoefficientPenalties& penalty) const {
  double most = 0;
  for (int e = 0; e < metric_.size(); ++e) most = std::max(most, violation(penalty, e, q[at(e)]));
  return most;
}

std::vector<Escape> PenalizedQuadratic::escapes(const CoefficientPenalties& penalty) const {
  std::vector<Escape> found;
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    const double g = q[at(e)], c = metric_.curvature(e);
    const CoefficientPenalty along = penalty.of(j);
    if (b[at(e)] != 0 || std::abs(g) > along.slopeAtZero()) continue;
    const double to = fromZero(along, e, g);
    if (to != 0) found.push_back({e, {to}, (c / 2 * to + g) * to + along.value(to)});
  }
  std::ranges::sort(found, {}, [](const Escape& each) { return std::pair(each.change, each.first); });
  return found;
}

double PenalizedQuadratic::penaltyValue(const CoefficientPenalties& penalty) const {
  double sum = 0;
  for (int e = 0; e < metric_.size(); ++e) {
    if (b[at(e)] != 0) sum += penalty.of(metric_.column(e)).value(b[at(e)]);
  }
  return sum;
}

double PenalizedQuadratic::penaltySlope(const CoefficientPenalties& penalty, std::span<const double> step) const {
  double sum = 0;
  for (std::size_t e = 0; e < step.size(); ++e) {
    const int j = metric_.column(static_cast<int>(e));
    sum += penalty.of(j).slopeAlong({&b[e], 1}, {&step[e], 1});
  }
  return sum;
}

void PenalizedQuadratic::slopesAt(const CoefficientPenalties& penalty, std::span<const double> coefficients,
                                  std::vector<double>& slopes) const {
  slopes.resize(at(data_.p()));
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    slopes[at(j)] = penalty.of(j).slope(std::abs(coefficients[at(e)]));
  }
}

double PenalizedQuadratic::gap(const CoefficientPenalties& penalty, double scale) const {
  double share = 1;
  for (int e = 0; e < metric_.size() && !penalty.hasRidge(); ++e) {
    const int j = metric_.column(e);
    const double l = penalty.of(j).l, g = q[at(e)];
    if (l > 0 && std::abs(g) > l && std::isinf(g < 0 ? data_.upper[at(j)] : data_.lower[at(j)])) {
      share = std::min(share, l / std::abs(g));
    }
  }
  double sum = square(1 - share) * scale;
  for (int e = 0; e < metric_.size(); ++e) {
    const int j = metric_.column(e);
    const CoefficientPenalty along = penalty.of(j);
    const double l1 = along.l, l2 = along.ridge, value = b[at(e)], g = q[at(e)];
    if (l1 == 0 && l2 == 0) {
      if (metric_.curvature(e) > 0) sum += square(g) / (2 * metric_.curvature(e));
      continue;
    }
    if (value != 0) sum += l1 * std::abs(value) + (l2 / 2 * value + share * g) * value;
    sum += penaltyConjugate(-share * g, l1, l2, data_.lower[at(j)], data_.upper[at(j)]);
  }
  return sum;
}

bool PenalizedQuadratic::minimize(const CoefficientPenalties& penalty, const Goal& goal) {
  return penalty.visitKind([&]<class Penalty>() {
    return byRows() && !metric_.hasGram() ? minimizeByRows<Penalty>(penalty, goal)
                                          : minimizeByGram<Penalty>(penalty, goal);
  });
}

template <class Penalty>
bool PenalizedQuadratic::minimizeByGram(const CoefficientPenalties& penalty, const Goal& goal) {
  metric_.needGram();
  onlySweeps_ = false;
  double least = infinity;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    const double violation = largestViolation(penalty);
    if (meets(penalty, goal, violation)) return true;
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
    la_.checkpoint();
    collect(penalty, goal.violation);
    gather();
    descend<Penalty>(penalty, goal);
    applySteps();
  }
  return meets(penalty, goal, largestViolation(penalty));
}

/// Newton steps and sweeps on the places in use, until none of these violates its conditions by more than the goal
/// says.
template <class Penalty>
void PenalizedQuadratic::descend(const CoefficientPenalties& penalty, const Goal& goal) {
  const double tolerance = goal.violation, enough = goal.sweepsOnly ? Tuning::negligible * tolerance : tolerance / 2;
  setLines(penalty);
  bool newton = !goal.sweepsOnly;
  for (int cycle = 0; cycle < Tuning::mostCycles; ++cycle) {
    newton = newton && newtonSteps<Penalty>(penalty);
    double most = 0;
    for (const int e : working_) {
      most = std::max(most, violation(penalty, e, slotGradient_[at(slotOf_[at(e)])]));
    }
    if (most <= tolerance) return;
    const int sweeps = newton ? Tuning::sweepsByNewton : goal.sweepsOnly ? Tuning::roughSweeps : Tuning::sweepsAlone;
    for (int k = 0; k < sweeps && sweep<Penalty>(penalty, Tuning::negligible * tolerance) > enough; ++k) continue;
    if (!newton) return;
  }
}

template <class Penalty>
bool PenalizedQuadratic::minimizeByRows(const CoefficientPenalties& penalty, const Goal& goal) {
  double violation = largestViolation(penalty), least = violation;
  onlySweeps_ = false;
  worked_ = 0;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    if (meets(penalty, goal, violation)) return true;
    if (round > 0 && worked_ > workOfGram() && metric_.affordsGram()) return minimizeByGram<Penalty>(penalty, goal);
    la_.checkpoint();
    collect(penalty, goal.violation);
    if (sweepByRows<Penalty>(penalty, goal.violation) <= goal.violation / 2 && goal.looseTolerance) {
      onlySweeps_ = round == 0;
      return true;
    }
    finishSweepsByRows();
    violation = largestViolation(penalty);
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
  }
  return meets(penalty, goal, violation);
}

/// Entries that a sweep by rows reads and writes.
double PenalizedQuadratic::workOfSweep() const {
  double entries = 0;
  for (const int e : working_) entries += metric_.entriesOf(e);
  return 2 * entries;
}

/// Entries whose reading takes about the time of G and a factor of it for the places in use.
double PenalizedQuadratic::workOfGram() {
  const double all = metric_.size(), working = static_cast<double>(working_.size());
  return metric_.pairs() + Tuning::entriesOfGram * all * all + Tuning::entriesOfFactor * working * working * working;
}

/// The places that sweeps go through: those that are not 0 and those that are not to stay there.
void PenalizedQuadratic::collect(const CoefficientPenalties& penalty, double tolerance) {
  working_.clear();
  for (int e = 0; e < metric_.size(); ++e) {
    if (b[at(e)] != 0 || violation(penalty, e, q[at(e)]) > tolerance) working_.push_back(e);
  }
}

/// The minimiser along one coefficient.
template <class Penalty>
double PenalizedQuadratic::best(const CoefficientPenalties& penalty, const Line& line, double value, double gradient) const {
  if (!(line.curvature > 0)) return value;
  if (!Penalty::convex && value == 0) return fromZero(penalty.of(line.column), line.place, gradient);
  const Penalty along{line.l1, penalty.gamma()};
  const double z = line.curvature * value - gradient;
  if (!data_.bounded) return along.minimizer(line.curvature + line.l2, z);
  const auto j = at(line.column);
  return penalties::minimizerWithin(along, line.curvature + line.l2, z, data_.lower[j], data_.upper[j]);
}

/// What sweeps need of the places in use, in a row.
void PenalizedQuadratic::setLines(const CoefficientPenalties& penalty) {
  lines_.clear();
  for (const int e : working_) {
    const int j = metric_.column(e);
    const CoefficientPenalty along = penalty.of(j);
    lines_.push_back({e, j, metric_.curvature(e), along.l, along.ridge});
  }
}

/// Some sweeps with predictions in place of G, with Anderson's extrapolation where the penalty is convex: the largest
/// size of a step of the last. The state is b, with room for more columns, and behind it X times its
/// change.
template <class Penalty>
double PenalizedQuadratic::sweepByRows(const CoefficientPenalties& penalty, double tolerance) {
  const bool extrapolate = penalty.convex() && !data_.bounded;
  base_ = q;
  start_ = b;
  setLines(penalty);
  reserveState();
  anderson_->reset();
  std::fill(std::ranges::copy(b, state_.begin()).out, state_.end(), 0.0);
  for (int sweeps = 1;; ++sweeps) {
    la_.checkpoint();
    if (extrapolate) std::copy_n(state_.begin(), head_, last_.begin());
    const double most = sweepRows<Penalty>(penalty);
    if (sweeps == Tuning::sweepsByRows || most <= tolerance / 2) {
      std::copy_n(state_.begin(), b.size(), b.begin());
      sweeps_ += sweeps;
      worked_ += sweeps * workOfSweep();
      return most;
    }
    if (!extrapolate) continue;
    anderson_->advance({last_.data(), static_cast<int>(last_.size())},
                       {state_.data(), static_cast<int>(state_.size())});
    const std::span<const double> plain = anderson_->image();
    if (!(objectiveOf<Penalty>(state_) <= objectiveOf<Penalty>(plain))) {
      std::ranges::copy(plain, state_.begin());
      anderson_->reset();
    }
  }
}

/// Makes room for the state of these sweeps, and more than it takes now: columns come in a few at a time.
void PenalizedQuadratic::reserveState() {
  if (head_ >= b.size() && !state_.empty()) return;
  head_ = std::min(at(data_.p()), b.size() + b.size() / 4 + 64);
  state_.resize(head_ + at(data_.n()));
  last_.resize(head_);
  anderson_ =
      std::make_unique<Anderson<Cpu>>(la_, Tuning::memory, static_cast<int>(head_), static_cast<int>(state_.size()));
}

/// One of these sweeps; the largest size of a step.
template <class Penalty>
double PenalizedQuadratic::sweepRows(const CoefficientPenalties& penalty) {
  const std::span<double> values(state_.data(), b.size()), product(state_.data() + head_, at(data_.n()));
  double sum = metric_.sumOfScaled(product), most = 0;
  for (const Line& line : lines_) {
    const int e = line.place;
    double& value = values[at(e)];
    const double next = best<Penalty>(penalty, line, value, base_[at(e)] + metric_.ofScaled(e, product, sum));
    const double step = next - value;
    if (step == 0) continue;
    most = std::max(most, line.sizeOf(step));
    metric_.addScaled(e, step, product);
    sum += step * metric_.totalWeight() * metric_.mean(e);
    value = next;
  }
  return most;
}

/// The objective at a state of these sweeps, less what it was at their start but for the penalty.
template <class Penalty>
double PenalizedQuadratic::objectiveOf(std::span<const double> state) const {
  double sum = metric_.squaredNormOfScaled(state.subspan(head_)) / 2;
  for (const Line& line : lines_) {
    const auto e = at(line.place);
    const double value = state[e];
    sum += base_[e] * (value - start_[e]) + line.l2 / 2 * value * value + Penalty{line.l1}.value(std::abs(value));
  }
  return sum;
}

/// Brings what sweepByRows() did to the gradients of all places.
void PenalizedQuadratic::finishSweepsByRows() {
  const std::span<const double> product(state_.data() + head_, at(data_.n()));
  const double sum = metric_.sumOfScaled(product);
  la_.checkpoint();
  for (int e = 0; e < metric_.size(); ++e) q[at(e)] = base_[at(e)] + metric_.ofScaled(e, product, sum);
}

/// One pass over the places in use; the largest size of a step. Steps of a size of at most `least` are left out.
template <class Penalty>
double PenalizedQuadratic::sweep(const CoefficientPenalties& penalty, double least) {
  const int k = static_cast<int>(slots_.size());
  double most = 0;
  for (const Line& line : lines_) {
    const int e = line.place, slot = slotOf_[at(e)];
    const double next = best<Penalty>(penalty, line, b[at(e)], slotGradient_[at(slot)]), step = next - b[at(e)];
    const double size = line.sizeOf(step);
    // A small step to 0 may end a large violation.
    if (size <= least && (next != 0 || step == 0)) continue;
    most = std::max(most, size);
    blas::axpy(k, step, slotGram_.column(slot), slotGradient_.data());
    moved_[at(e)] += step;
    b[at(e)] = next;
  }
  sweeps_ += 1;
  return most;
}

/// Takes slots from places that are not in use any more; the last slots come to theirs.
void PenalizedQuadratic::giveUpSlots() {
  wanted_.assign(slotOf_.size(), 0);
  for (const int e : working_) wanted_[at(e)] = 1;
  for (std::size_t s = slots_.size(); s-- > 0;) {
    if (wanted_[at(slots_[s])]) continue;
    const int slot = static_cast<int>(s), last = static_cast<int>(slots_.size()) - 1;
    slotOf_[at(slots_[s])] = -1;
    if (slot < last) {
      std::copy_n(slotGram_.column(last), last, slotGram_.column(slot));
      slotGram_(slot, slot) = slotGram_(last, last);
      for (int t = 0; t < last; ++t) slotGram_(slot, t) = slotGram_(t, slot);
      slots_[s] = slots_.back();
      slotOf_[at(slots_[s])] = slot;
    }
    slots_.pop_back();
  }
}

/// Gives the places in use their slots, with their gradients.
void PenalizedQuadratic::gather() {
  giveUpSlots();
  const int first = static_cast<int>(slots_.size());
  for (const int e : working_) {
    if (slotOf_[at(e)] >= 0) continue;
    slotOf_[at(e)] = static_cast<int>(slots_.size());
    slots_.push_back(e);
  }
  addSlots(first);
  slotGradient_.resize(slots_.size());
  for (std::size_t s = 0; s < slots_.size(); ++s) slotGradient_[s] = q[at(slots_[s])];
  moved_.assign(at(metric_.size()), 0.0);
}

/// Copies the part of G of slots `first` and later ones.
void PenalizedQuadratic::addSlots(int first) {
  const int k = static_cast<int>(slots_.size());
  if (k > slotGram_.cols()) {
    const int capacity = std::max(k, std::min(metric_.size(), k + k / 2));
    HostMatrix<double> larger(capacity, capacity, Uninitialized{});
    for (int s = 0; s < first; ++s) std::copy_n(slotGram_.column(s), first, larger.column(s));
    slotGram_ = std::move(larger);
  }
  for (int t = first; t < k; ++t) {
    const double* from = metric_.gram(slots_[at(t)]);
    double* to = slotGram_.column(t);
    for (int s = 0; s < k; ++s) to[s] = from[slots_[at(s)]];
    for (int s = 0; s < first; ++s) slotGram_(t, s) = to[s];
  }
}

/// Brings the steps since gather() to the gradients of all places.
void PenalizedQuadratic::applySteps() {
  change_.resize(q.size());
  applyGram(moved_, change_);
  for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
}

bool PenalizedQuadratic::factor(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal) {
  rank_.assign(at(metric_.size()), -1);
  for (std::size_t k = 0; k < places.size(); ++k) rank_[at(places[k])] = static_cast<int>(k);
  gone_.clear();
  for (std::size_t f = 0; f < of.places.size(); ++f) {
    int& k = rank_[at(of.places[f])];
    if (k >= 0 && of.diagonal[f] == diagonal[at(k)]) {
      k = -1;
    } else {
      gone_.push_back(static_cast<int>(f));
    }
  }
  come_.clear();
  for (std::size_t k = 0; k < places.size(); ++k) {
    if (rank_[at(places[k])] >= 0) come_.push_back(static_cast<int>(k));
  }
  return change(of, places, diagonal);
}

/// Makes a factor one of G and a diagonal on some places, of which come_ are new to it and its gone_ not among them.
/// False where that is not positive definite.
bool PenalizedQuadratic::change(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal) {
  const int all = static_cast<int>(places.size()), old = of.factor.size() - static_cast<int>(gone_.size());
  const int added = static_cast<int>(come_.size());
  if (of.factor.costToRemove(gone_) + of.factor.costToAdd(old, added) > of.factor.costToAdd(0, all)) {
    of.clear();
    come_.resize(places.size());
    std::iota(come_.begin(), come_.end(), 0);
  } else if (!gone_.empty()) {
    of.factor.remove(gone_);
    std::size_t next = 0, kept = 0;
    for (std::size_t f = 0; f < of.places.size(); ++f) {
      if (next < gone_.size() && gone_[next] == static_cast<int>(f)) {
        ++next;
        continue;
      }
      of.places[kept] = of.places[f];
      of.diagonal[kept++] = of.diagonal[f];
    }
    of.places.resize(kept);
    of.diagonal.resize(kept);
  }
  return come_.empty() || addTo(of, places, diagonal);
}

/// Adds the places come_ to a factor.
bool PenalizedQuadratic::addTo(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal) {
  const int count = static_cast<int>(come_.size()), old = of.factor.size();
  const Mat<double> rows = of.factor.rowsToAdd(count);
  double most = 0;
  for (int j = 0; j < old; ++j) {
    const double* column = metric_.gram(of.places[at(j)]);
    for (int i = 0; i < count; ++i) rows(i, j) = column[places[at(come_[at(i)])]];
  }
  for (int j = 0; j < count; ++j) {
    const double* column = metric_.gram(places[at(come_[at(j)])]);
    for (int i = j; i < count; ++i) rows(i, old + j) = column[places[at(come_[at(i)])]];
    most = std::max(most, rows(j, old + j));
    rows(j, old + j) += diagonal[at(come_[at(j)])];
  }
  if (!of.factor.add(count, Tuning::leastPivot * most)) return false;
  for (const int k : come_) {
    of.places.push_back(places[at(k)]);
    of.diagonal.push_back(diagonal[at(k)]);
  }
  return true;
}

/// Newton steps to the minimum of the quadratic with the branches of the penalty on the support as they are. False
/// where there is none.
template <class Penalty>
bool PenalizedQuadratic::newtonSteps(const CoefficientPenalties& penalty) {
  for (int k = 0; k < Tuning::mostShortSteps; ++k) {
    if (!prepareNewton<Penalty>(penalty)) return true;
    if (!solveSupport()) return false;
    if (takeStep<Penalty>(penalty)) return true;
  }
  return true;
}

bool PenalizedQuadratic::stepOnSupport(const CoefficientPenalties& penalty) {
  onlySweeps_ = false;
  if (!metric_.affordsGram()) return false;
  start_ = b;
  collect(penalty, infinity);
  metric_.needGram();
  gather();
  penalty.visitKind([&]<class Penalty>() { newtonSteps<Penalty>(penalty); });
  applySteps();
  return b != start_;
}

/// The support and, as step_, the right-hand side of a step on it. False where there is no support.
template <class Penalty>
bool PenalizedQuadratic::prepareNewton(const CoefficientPenalties& penalty) {
  support_.clear();
  diagonal_.clear();
  step_.clear();
  for (const int e : working_) {
    const int j = metric_.column(e);
    const double value = b[at(e)];
    if (value == 0 || value <= data_.lower[at(j)] || value >= data_.upper[at(j)]) continue;
    const double gradient = slotGradient_[at(slotOf_[at(e)])];
    support_.push_back(e);
    const CoefficientPenalty along = penalty.of(j);
    const Penalty of{along.l, along.gamma};
    diagonal_.push_back(along.ridge + of.curvature(std::abs(value)));
    step_.push_back(-(gradient + along.ridge * value + std::copysign(of.slope(std::abs(value)), value)));
  }
  return !support_.empty();
}

/// Turns the right-hand side step_ into the step (G_SS + diagonal)^-1 step_, by Cholesky's factor.
bool PenalizedQuadratic::solveSupport() {
  if (!factor(factor_, support_, diagonal_)) return false;
  ordered_.resize(support_.size());
  for (std::size_t s = 0; s < support_.size(); ++s) rank_[at(support_[s])] = static_cast<int>(s);
  for (std::size_t f = 0; f < ordered_.size(); ++f) ordered_[f] = step_[at(rank_[at(factor_.places[f])])];
  factor_.factor.solve(ordered_);
  for (std::size_t f = 0; f < ordered_.size(); ++f) step_[at(rank_[at(factor_.places[f])])] = ordered_[f];
  return true;
}

std::span<const double> PenalizedQuadratic::productOfSteps() const {
  return onlySweeps_ ? std::span(state_).subspan(head_) : std::span<const double>();
}

void PenalizedQuadratic::applyGram(std::span<const double> d, std::span<double> out) {
  if (byRows() || !metric_.hasGram()) {
    rows_.resize(at(data_.n()));
    const double sum = metric_.rowsOf(d, rows_);
    for (int e = 0; e < metric_.size(); ++e) out[at(e)] = metric_.ofRows(e, rows_, sum);
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  for (int e = 0; e < metric_.size(); ++e) {
    if (d[at(e)] != 0) blas::axpy(metric_.size(), d[at(e)], metric_.gram(e), out.data());
  }
}

/// The share of a step after which the coefficient changes sign, meets a bound, or comes to another branch.
double PenalizedQuadratic::shareToBreak(int column, double value, double d, double l, double gamma) const {
  double share = 1;
  const auto meet = [&](double end) {
    const double t = (end - value) / d;
    if (t > 0 && t < share) share = t;
  };
  meet(0);
  if (std::isfinite(data_.lower[at(column)])) meet(data_.lower[at(column)]);
  if (std::isfinite(data_.upper[at(column)])) meet(data_.upper[at(column)]);
  if (gamma > 0) {
    meet(std::copysign(gamma * l, value));
    meet(std::copysign(l, value));
  }
  return share;
}

/// The whole step, coefficients that would change sign at 0, if that gains more than the part of the step up to the
/// first of them; else that part. Whether no further step is to be tried.
template <class Penalty>
bool PenalizedQuadratic::takeStep(const CoefficientPenalties& penalty) {
  const auto k = support_.size();
  double share = 1;
  std::size_t first = k;
  ends_.resize(k);
  for (std::size_t s = 0; s < k; ++s) {
    const int j = metric_.column(support_[s]);
    const double value = b[at(support_[s])], end = value + step_[s];
    const double t = shareToBreak(j, value, step_[s], penalty.of(j).l, Penalty::convex ? 0 : penalty.gamma());
    if (t < share) {
      share = t;
      first = s;
    }
    ends_[s] = end * value <= 0 ? 0 : std::clamp(end, data_.lower[at(j)], data_.upper[at(j)]);
  }
  // Of many minima the nearest is meant, so that with a penalty that is not convex no coefficient is set to 0 together
  // with others.
  if ((Penalty::convex || first == k) && tryEnds(penalty)) return first == k;
  if (first == k) return true;
  for (std::size_t s = 0; s < k; ++s) {
    const double value = b[at(support_[s])];
    ends_[s] = s == first && value * (value + step_[s]) <= 0 ? 0 : value + share * step_[s];
  }
  return !tryEnds(penalty);
}

/// Moves the support to `ends_` unless the objective, whose change is exact in this model, rises.
bool PenalizedQuadratic::tryEnds(const CoefficientPenalties& penalty) {
  const auto place = [&](std::size_t s) { return at(slotOf_[at(support_[s])]); };
  change_.resize(slotGradient_.size());
  taken_.resize(ends_.size());
  for (std::size_t s = 0; s < ends_.size(); ++s) taken_[s] = ends_[s] - b[at(support_[s])];
  std::fill(change_.begin(), change_.end(), 0.0);
  for (std::size_t s = 0; s < support_.size(); ++s) {
    const double* column = slotGram_.column(slotOf_[at(support_[s])]);
    if (taken_[s] != 0) blas::axpy(static_cast<int>(change_.size()), taken_[s], column, change_.data());
  }
  double gain = 0, size = 0;
  for (std::size_t s = 0; s < support_.size(); ++s) {
    const int j = metric_.column(support_[s]);
    const double smooth = (slotGradient_[place(s)] + change_[place(s)] / 2) * taken_[s];
    const CoefficientPenalty along = penalty.of(j);
    const double after = along.value(ends_[s]), before = along.value(b[at(support_[s])]);
    gain += smooth + after - before;
    size += std::abs(smooth) + after + before;
  }
  if (gain > 4 * machineEpsilon * size) return false;
  for (std::size_t s = 0; s < support_.size(); ++s) {
    b[at(support_[s])] = ends_[s];
    moved_[at(support_[s])] += taken_[s];
  }
  for (std::size_t e = 0; e < change_.size(); ++e) slotGradient_[e] += change_[e];
  return true;
}

bool PenalizedQuadratic::locallyConvex(const CoefficientPenalties& penalty) {
  if (penalty.convex()) return true;
  // What there is no memory to find out is not claimed.
  if (!metric_.affordsGram()) return false;
  metric_.needGram();
  return penalty.visitKind([&]<class Penalty>() {
    support_.clear();
    diagonal_.clear();
    for (int e = 0; e < metric_.size(); ++e) {
      const int j = metric_.column(e);
      const CoefficientPenalty along = penalty.of(j);
      const double size = std::abs(b[at(e)]);
      if (size == 0 && std::abs(q[at(e)]) < (1 - Tuning::nearEdge) * along.slopeAtZero()) continue;
      support_.push_back(e);
      // The least curvature nearby: that of the branch above 0 where a column may enter.
      const double inside = Penalty{along.l, along.gamma}.curvature(size > 0 ? size : along.l * 1e-3);
      diagonal_.push_back(along.ridge + inside);
    }
    return support_.empty() || factor(convexity_, support_, diagonal_);
  });
}

}  // namespace nonconvex
