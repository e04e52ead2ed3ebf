#include "solvers/sparse/quadratic/quadratic.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

struct Quadratic::Tuning {
  static constexpr int mostRounds = 500;      ///< safeguard: looks at all conditions
  static constexpr int mostCycles = 12;       ///< measured: cycles of Newton steps and sweeps between such looks
  static constexpr int sweepsByRows = 20;     ///< measured: sweeps by rows between such looks
  static constexpr int memory = 5;            ///< measured: sweeps that Anderson's extrapolation remembers
  static constexpr int sweepsByNewton = 2;    ///< measured: sweeps between Newton steps
  static constexpr int sweepsAlone = 10;      ///< measured: sweeps where no Newton step can be taken
  static constexpr int roughSweeps = 30;      ///< measured: sweeps where no Newton step is asked for
  static constexpr double entriesOfGram = 4;  ///< measured: entries by rows in the time of an entry of G
  static constexpr double entriesOfFactor = 1.0 / 25;  ///< measured: the same in the time of a cubed place of a factor
  static constexpr double operationsBlocked = 12;  ///< measured: operations of a factor in the time of one of a sweep
  static constexpr int sweepsInTurn = 12;          ///< measured: sweeps of blocks between Newton steps
  static constexpr double mostSweeps = 1000;       ///< safeguard: sweeps of blocks that a Newton step may spare
  static constexpr double nearEdge = 0.01;         ///< safeguard: share of l near the edge for a gradient
  static constexpr double shift = 1e-8;            ///< safeguard: share of G that makes a system of blocks regular
  static constexpr int mostParts = 4;              ///< safeguard: parts of a Newton step of blocks that are tried
  static constexpr int mostShortSteps = 4;   ///< measured: Newton steps in a row that end at a sign that would change
  static constexpr double negligible = 0.1;  ///< measured: share of the violation aimed at that a step may leave
  static constexpr double roundingOfSlope = 1e-13;  ///< rounding: share of l that a coefficient of two classes keeps
};

Quadratic::Quadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form, GramMetric* metric, int responses)
    : la_(la),
      blocks_(blocks),
      form_(form),
      metric_(metric),
      responses_(responses),
      single_(blocks.single() && metric),
      working_(at(blocks.count()), 0),
      next_(1),
      slopes_(1),
      support_(la, single_),
      edge_(la, single_) {}

void Quadratic::add(std::span<const int> groups) {
  std::vector<int> columns;
  const int before = form_.size();
  for (const int g : groups) {
    const std::span<const int> of = blocks_.columns(g);
    const int first = (before + static_cast<int>(columns.size())) * responses_;
    const int size = static_cast<int>(of.size()) * responses_;
    working_[at(g)] = 1;
    columns.insert(columns.end(), of.begin(), of.end());
    if (blocks_.joint()) {
      used_.push_back({g, first, size});
      next_.resize(std::max(next_.size(), at(size)));
      slopes_.resize(next_.size());
    } else {
      for (int k = 0; k < size; ++k) used_.push_back({g, first + k, 1});
    }
  }
  metric_->add(columns);
  for (std::size_t e = 0; e < columns.size() && blocks_.bounded(); ++e) {
    for (int k = 0; k < responses_; ++k) {
      lower_.push_back(blocks_.lower(columns[e], k));
      upper_.push_back(blocks_.upper(columns[e], k));
    }
  }
  for (auto* each : {&b, &q}) each->resize(at(form_.size() * responses_), 0.0);
  curvatures_.resize(used_.size());
  current_.resize(used_.size(), 0);
}

void Quadratic::collectWorking(const PenaltyAt& penalty, double tolerance, std::vector<int>& entries) {
  entries.clear();
  collect(penalty, tolerance);
  for (const Line& line : lines_) {
    const Block& block = used_[at(line.block)];
    for (int k = 0; k < block.size; ++k) entries.push_back(block.first + k);
  }
}

void Quadratic::takeOver(const Quadratic& other, std::span<const int> entries) {
  std::size_t next = 0;
  used_.clear();
  for (const Block& each : other.used_) {
    if (next == entries.size() || entries[next] != each.first) continue;
    used_.push_back({each.group, static_cast<int>(next), each.size});
    next += at(each.size);
  }
  next_.resize(other.next_.size());
  slopes_.resize(other.next_.size());
  const auto take = [&](const std::vector<double>& from, std::vector<double>& to) {
    to.resize(entries.size());
    for (std::size_t e = 0; e < entries.size(); ++e) to[e] = from[at(entries[e])];
  };
  take(other.b, b);
  q.resize(entries.size());
  if (blocks_.bounded()) {
    take(other.lower_, lower_);
    take(other.upper_, upper_);
  }
  gram_.clear();
  curvatures_.clear();
  curvatures_.resize(used_.size());
  current_.assign(used_.size(), 0);
}

void Quadratic::forgetCurvatures() {
  support_.forgetFactor();
  edge_.forgetFactor();
  gram_.clear();
  std::fill(current_.begin(), current_.end(), 0);
}

void Quadratic::clip(std::span<double> coefficients) const {
  for (std::size_t e = 0; e < lower_.size(); ++e) coefficients[e] = std::clamp(coefficients[e], lower_[e], upper_[e]);
}

bool Quadratic::isZero(const Block& block) const {
  if (block.size == 1) return b[at(block.first)] == 0;
  return std::ranges::all_of(of(b, block), [](double v) { return v == 0; });
}

/// The curvature of a block of several coefficients.
BlockCurvature& Quadratic::curvature(int block) {
  const Block& of = used_[at(block)];
  const int width = blocks_.joint() ? responses_ : 1, size = of.size / width, first = of.first / responses_;
  auto& made = curvatures_[at(block)];
  if (!made) made = std::make_unique<BlockCurvature>(size, width);
  if (current_[at(block)]) return *made;
  current_[at(block)] = 1;
  HostMatrix<double> corner(size, size);
  if (form_.hasGram()) {
    for (int e = 0; e < size; ++e) std::copy_n(form_.gram(first + e) + first, size, corner.column(e));
    made->set(corner);
    return *made;
  }
  column_.resize(at(metric_->rows()));
  for (int e = 0; e < size; ++e) {
    corner(e, e) = form_.curvature(first + e);
    if (e + 1 == size) break;
    std::fill(column_.begin(), column_.end(), 0.0);
    metric_->addWeighted(first + e, 1, column_.data());
    const double sum = metric_->totalWeight() * metric_->mean(first + e);
    for (int f = e + 1; f < size; ++f) corner(f, e) = corner(e, f) = metric_->ofRows(first + f, column_, sum);
  }
  made->set(corner);
  return *made;
}

double Quadratic::largestCurvature(int block) {
  const Block& own = used_[at(block)];
  return own.size == 1 ? firstCurvature(own) : curvature(block).largest();
}

/// The minimiser over a block with these coefficients and gradients.
std::span<const double> Quadratic::best(const BlockPenalty& along, int block, std::span<const double> from,
                                        std::span<const double> gradient) {
  const Block& own = used_[at(block)];
  const std::span<double> out = std::span(next_).first(at(own.size));
  if (own.size == 1) {
    const double curvature = firstCurvature(own), c = curvature + along.ridge;
    const double whole = curvature * from[0] - gradient[0];
    const double z = std::copysign(std::max(0.0, std::abs(whole) - along.l1), whole);
    const auto minimizer = [&](const auto& of) {
      if (!blocks_.bounded()) return of.minimizer(c, z);
      return penalties::minimizerWithin(of, c, z, lower_[at(own.first)], upper_[at(own.first)]);
    };
    out[0] = c > 0 ? along.with(minimizer) : from[0];
    // Both gradients of two classes are at the edge, and rounding would take one of them in.
    if (std::abs(out[0]) * c <= Tuning::roundingOfSlope * along.l) out[0] = 0;
    return out;
  }
  BlockCurvature& form = curvature(block);
  const Mat<const double> gram = form.gram();
  product_.resize(at(own.size));
  for (std::size_t k = 0; k < product_.size(); ++k) product_[k] = -gradient[k];
  for (int e = 0; e < gram.cols; ++e) {
    for (int f = 0; f < gram.rows; ++f) {
      for (int k = 0; k < responses_; ++k) {
        product_[at(f * responses_ + k)] += gram(f, e) * from[at(e * responses_ + k)];
      }
    }
  }
  std::ranges::copy(from, out.begin());
  form.minimize(along, product_, out, boundsOf(own));
  return out;
}

/// The coefficients that a block of zeros goes to, by its gradient; empty where it stays, or where derivatives alone
/// say that it leaves.
std::span<const double> Quadratic::fromZero(const BlockPenalty& along, int block, std::span<const double> gradient) {
  const Block& own = used_[at(block)];
  std::span<const double> to = std::span(next_).first(at(own.size));
  if (own.size == 1) {
    next_[0] = along.minimizerFromZero(firstCurvature(own), gradient[0], boundsOf(own));
  } else {
    if (curvature(block).least() > along.concavity()) return {};
    to = best(along, block, of(b, own), gradient);
  }
  return along.leavesZero(to, gradient, possibleDecrease) ? to : to.first(0);
}

/// The violation of the conditions at a block, and at 0 also the slope that would lead as far as a lower minimum lies
/// which the derivatives do not show.
double Quadratic::violation(const BlockPenalty& along, int block, std::span<const double> gradient) {
  const Block& own = used_[at(block)];
  const double found = along.violation(of(b, own), gradient, boundsOf(own));
  if (along.convex() || !isZero(own) || (!single_ && possibleDecrease <= 0)) return found;
  const std::span<const double> to = fromZero(along, block, gradient);
  if (to.empty()) return found;
  return std::max(found, largestCurvature(block) * normOf(to));
}

double Quadratic::largestViolation(const PenaltyAt& penalty) {
  if (metric_ == nullptr) form_.needGram();
  double most = 0;
  for (std::size_t g = 0; g < used_.size(); ++g) {
    most = std::max(most, violation(penalty.of(used_[g].group), static_cast<int>(g), of(q, used_[g])));
  }
  return most;
}

std::vector<Escape> Quadratic::escapes(const PenaltyAt& penalty) {
  std::vector<Escape> found;
  for (std::size_t g = 0; g < used_.size(); ++g) {
    const Block& each = used_[g];
    const BlockPenalty along = penalty.of(each.group);
    const std::span<const double> gradient = of(q, each);
    if (!isZero(each) || along.dualNorm(gradient, boundsOf(each)) > along.slopeAtZero()) continue;
    const int block = static_cast<int>(g);
    const std::span<const double> to = fromZero(along, block, gradient);
    if (to.empty()) continue;
    const double change = dot(gradient, to) + largestCurvature(block) / 2 * norm2Squared(to) + along.value(to);
    found.push_back({each.first, {to.begin(), to.end()}, change});
  }
  std::ranges::sort(found, {}, [](const Escape& each) { return std::pair(each.change, each.first); });
  return found;
}

double Quadratic::penaltyValue(const PenaltyAt& penalty) const {
  double sum = 0;
  for (const Block& each : used_) {
    if (!isZero(each)) sum += penalty.of(each.group).value(of(b, each));
  }
  return sum;
}

double Quadratic::penaltySlope(const PenaltyAt& penalty, std::span<const double> step) const {
  double sum = 0;
  for (const Block& each : used_) sum += penalty.of(each.group).slopeAlong(of(b, each), of(step, each));
  return sum;
}

void Quadratic::slopesAt(const PenaltyAt& penalty, std::span<const double> coefficients,
                         std::vector<double>& slopes) const {
  slopes.assign(at(blocks_.count()), 0.0);
  for (const Block& each : used_) {
    slopes[at(each.group)] = penalty.of(each.group).slope(normOf(of(coefficients, each)));
  }
}

double Quadratic::gap(const PenaltyAt& penalty, double scale) const {
  if (!penalty.convex()) return infinity;
  double share = 1;
  // Bounds that hold coefficients without penalty make the bound of each alone useless.
  const auto isFree = [&](const auto& along) { return along.isZero() && (single_ || !blocks_.bounded()); };
  for (std::size_t g = 0; g < used_.size(); ++g) {
    const BlockPenalty along = penalty.of(used_[g].group);
    if (!isFree(along)) share = std::min(share, along.feasibleShare(of(q, used_[g]), boundsOf(used_[g])));
  }
  double sum = square(1 - share) * scale;
  for (const Block& each : used_) {
    const BlockPenalty along = penalty.of(each.group);
    if (isFree(along)) {
      const double c = firstCurvature(each);
      if (c > 0) sum += norm2Squared(of(q, each)) / (2 * c);
      continue;
    }
    sum += along.gapTerm(of(b, each), of(q, each), share);
    if (along.ridge > 0 || blocks_.bounded()) sum += along.conjugate(of(q, each), share, boundsOf(each));
  }
  return sum;
}

bool Quadratic::minimize(const PenaltyAt& penalty, const Goal& goal) {
  return byRows() && !form_.hasGram() ? minimizeByRows(penalty, goal) : minimizeByGram(penalty, goal);
}

bool Quadratic::minimizeByGram(const PenaltyAt& penalty, const Goal& goal) {
  form_.needGram();
  double least = infinity;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    const double violation = largestViolation(penalty);
    if (meets(penalty, goal, violation)) return true;
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
    la_.checkpoint();
    collect(penalty, goal.violation);
    gather();
    descend(penalty, goal);
    applySteps();
  }
  return meets(penalty, goal, largestViolation(penalty));
}

/// The gradient of a block in use.
[[gnu::always_inline]] inline std::span<const double> Quadratic::gradientInUse(const Block& block) {
  if (single_) return {&gradient_[at(gram_.slot(block.first))], 1};
  for (int k = 0; k < block.size; ++k) {
    const int entry = block.first + k;
    slopes_[at(k)] = gradient_[at(gram_.slot(placeOf(entry)) * responses_ + responseOf(entry))];
  }
  return std::span(slopes_).first(at(block.size));
}

/// Adds the column of an entry in use to gradients in use.
[[gnu::always_inline]] inline void Quadratic::addColumn(int entry, double step, std::span<double> gradients) const {
  const double* column = gram_.column(gram_.slot(placeOf(entry)));
  if (responses_ == 1) return blas::axpy(gram_.size(), step, column, gradients.data());
  for (int s = 0; s < gram_.size(); ++s) gradients[at(s * responses_ + responseOf(entry))] += step * column[s];
}

double Quadratic::violationInUse() {
  double most = 0;
  for (const Line& line : lines_) {
    most = std::max(most, violation(line.along, line.block, gradientInUse(used_[at(line.block)])));
  }
  return most;
}

/// Newton steps and sweeps on the places in use, until none of these violates its conditions by more than the goal
/// says.
void Quadratic::descend(const PenaltyAt& penalty, const Goal& goal) {
  if (!single_) return descendByBlocks(penalty, goal);
  const double tolerance = goal.violation, enough = goal.sweepsOnly ? Tuning::negligible * tolerance : tolerance / 2;
  bool newton = !goal.sweepsOnly;
  for (int cycle = 0; cycle < Tuning::mostCycles; ++cycle) {
    newton = newton && newtonSteps(penalty, infinity);
    if (violationInUse() <= tolerance) return;
    const int sweeps = newton ? Tuning::sweepsByNewton : goal.sweepsOnly ? Tuning::roughSweeps : Tuning::sweepsAlone;
    for (int k = 0; k < sweeps && sweep(Tuning::negligible * tolerance) > enough; ++k) continue;
    if (!newton) return;
  }
}

/// descend() for blocks, whose Newton steps end no norm: sweeps, and such a step where those that are left at the rate
/// of the last cost more.
void Quadratic::descendByBlocks(const PenaltyAt& penalty, const Goal& goal) {
  double violation = violationInUse();
  for (int cycle = 0; cycle < Tuning::mostCycles && violation > goal.violation; ++cycle) {
    const int sweeps = sweepInTurn(goal.violation);
    const double after = violationInUse(), rate = std::pow(after / violation, 1.0 / sweeps);
    const double left = rate < 1 ? std::log(goal.violation / after) / std::log(rate) : Tuning::mostSweeps;
    if (after <= goal.violation) return;
    if (!goal.sweepsOnly) newtonSteps(penalty, std::min(left, Tuning::mostSweeps));
    violation = violationInUse();
  }
}

/// Some sweeps over blocks, with Anderson's extrapolation; how many. The state is b, and
/// behind it the gradients in use.
int Quadratic::sweepInTurn(double tolerance) {
  const std::size_t head = b.size(), size = head + gradient_.size();
  const auto copy = [&](std::vector<double>& to) {
    std::ranges::copy(gradient_, std::ranges::copy(b, to.begin()).out);
  };
  std::vector<double>& state = inUse_.state;
  if (inUse_.head != head || state.size() != size) {
    inUse_.head = head;
    for (auto* each : {&state, &inUse_.last}) each->resize(size);
    inUse_.anderson =
        std::make_unique<Anderson<Cpu>>(la_, Tuning::memory, static_cast<int>(head), static_cast<int>(size));
  }
  inUse_.start = b;
  inUse_.base = gradient_;
  inUse_.anderson->reset();
  for (int sweeps = 1;; ++sweeps) {
    copy(inUse_.last);
    const double most = sweep(0);
    if (sweeps == Tuning::sweepsInTurn || most <= tolerance / 2) return sweeps;
    copy(state);
    const double plain = objectiveInUse();
    inUse_.anderson->advance({inUse_.last.data(), static_cast<int>(size)}, {state.data(), static_cast<int>(size)});
    const auto take = [&](const double* from) {
      for (std::size_t e = 0; e < head; ++e) moved_[e] += from[e] - b[e];
      std::copy_n(from, head, b.begin());
      std::copy_n(from + head, gradient_.size(), gradient_.begin());
    };
    take(state.data());
    if (isWithin(b) && keepsBranches(inUse_.anderson->image()) && objectiveInUse() <= plain) continue;
    take(inUse_.anderson->image().data());
    inUse_.anderson->reset();
  }
}

/// Whether the coefficients of blocks in use are within their bounds.
bool Quadratic::isWithin(std::span<const double> coefficients) const {
  if (!blocks_.bounded()) return true;
  for (const Line& line : lines_) {
    const Block& block = used_[at(line.block)];
    for (auto e = at(block.first); e < at(block.first + block.size); ++e) {
      if (!(coefficients[e] >= lower_[e] && coefficients[e] <= upper_[e])) return false;
    }
  }
  return true;
}

/// Whether blocks are on the branches of their penalty where they are at other coefficients: beyond these an
/// extrapolation knows nothing, and may lead over a hump.
bool Quadratic::keepsBranches(std::span<const double> before) const {
  for (const Line& line : lines_) {
    if (line.along.convex()) break;
    const Block& block = used_[at(line.block)];
    const double from = norm2Squared(of(before, block)), to = norm2Squared(of(b, block));
    if ((from == 0) != (to == 0)) return false;
    if (from > 0 && line.along.curvature(std::sqrt(from)) != line.along.curvature(std::sqrt(to))) return false;
  }
  return true;
}

/// The objective of the blocks in use, less what it was at the start of these sweeps but for the penalty.
double Quadratic::objectiveInUse() {
  double sum = 0;
  for (const Line& line : lines_) {
    const Block& block = used_[at(line.block)];
    double linear = 0;
    for (int entry = block.first; entry < block.first + block.size; ++entry) {
      const auto slot = at(gram_.slot(placeOf(entry)) * responses_ + responseOf(entry));
      linear += (inUse_.base[slot] + gradient_[slot]) / 2 * (b[at(entry)] - inUse_.start[at(entry)]);
    }
    sum += line.along.valueBeside(of(b, block), linear);
  }
  return sum;
}

bool Quadratic::minimizeByRows(const PenaltyAt& penalty, const Goal& goal) {
  double violation = largestViolation(penalty), least = violation;
  worked_ = 0;
  for (int round = 0, since = 0; round < Tuning::mostRounds && since < goal.patience; ++round) {
    if (meets(penalty, goal, violation)) return true;
    if (round > 0 && worked_ > workOfGram() && metric_->affordsGram()) return minimizeByGram(penalty, goal);
    la_.checkpoint();
    collect(penalty, goal.violation);
    if (sweepByRows(penalty, goal.violation) <= goal.violation / 2 && goal.looseTolerance) return true;
    finishSweepsByRows();
    violation = largestViolation(penalty);
    since = violation < least ? 0 : since + 1;
    least = std::min(least, violation);
  }
  return meets(penalty, goal, violation);
}

/// Entries whose reading takes about the time of G and a factor of it for the places in use.
double Quadratic::workOfGram() {
  const double all = form_.size();
  double working = 0;
  for (const Line& line : lines_) working += used_[at(line.block)].size;
  return metric_->pairs() + Tuning::entriesOfGram * all * all + Tuning::entriesOfFactor * working * working * working;
}

/// Collects the blocks that sweeps go through: those that are not 0 and those that are not to stay there.
void Quadratic::collect(const PenaltyAt& penalty, double tolerance) {
  lines_.clear();
  for (std::size_t g = 0; g < used_.size(); ++g) {
    const Block& block = used_[g];
    const BlockPenalty along = penalty.of(block.group);
    if (isZero(block) && !(violation(along, static_cast<int>(g), of(q, block)) > tolerance)) continue;
    lines_.push_back({static_cast<int>(g), along, largestCurvature(static_cast<int>(g))});
  }
}

/// f.operator()<P>() with the struct of the penalty where blocks are coefficients, else with void.
template <class F>
void Quadratic::visitKind(F&& f) {
  if (!single_) return f.template operator()<void>();
  if (!lines_.empty()) visitPenalty(lines_.front().along.kind, f);
}

/// Moves a block to its minimiser unless the step is no larger than `least`, but for those to 0, which may end a large
/// violation. apply(k, step) for its coefficients; returns the size of the step.
template <class P, class Apply>
[[gnu::always_inline]] inline double Quadratic::moveBlock(const Line& line, std::span<double> values,
                                                          std::span<const double> gradient, double least,
                                                          Apply&& apply) {
  const BlockPenalty& along = line.along;
  if constexpr (!std::is_void_v<P>) {
    const auto e = at(line.block);
    const double value = values[0], c = line.curvature, z = c * value - gradient[0];
    const P of{along.l, along.gamma};
    double next = value;
    if (!P::convex && value == 0) {
      const std::span<const double> to = fromZero(along, line.block, gradient);
      next = to.empty() ? 0 : to[0];
    } else if (c > 0) {
      next = blocks_.bounded() ? penalties::minimizerWithin(of, c + along.ridge, z, lower_[e], upper_[e])
                               : of.minimizer(c + along.ridge, z);
    }
    const double step = next - value, size = line.sizeOf(std::abs(step));
    if (step == 0 || (size <= least && next != 0)) return 0;
    values[0] = next;
    apply(0, step);
    return size;
  }
  std::span<const double> next = best(along, line.block, values, gradient);
  if (!along.convex() && norm2Squared(values) == 0 && !along.leavesZero(next, gradient, possibleDecrease)) return 0;
  double squares = 0;
  bool toZero = false;
  for (std::size_t k = 0; k < next.size(); ++k) {
    squares += square(next[k] - values[k]);
    toZero = toZero || (next[k] == 0 && values[k] != 0);
  }
  const double size = line.sizeOf(std::sqrt(squares));
  if (squares == 0 || (size <= least && !toZero)) return 0;
  for (std::size_t k = 0; k < next.size(); ++k) {
    const double step = next[k] - values[k];
    if (step == 0) continue;
    values[k] = next[k];
    apply(static_cast<int>(k), step);
  }
  return size;
}

/// Some sweeps with predictions in place of G, with Anderson's extrapolation where the penalty is convex: the largest
/// size of a step of the last. The state is b, with room for more columns, and behind it X times its
/// change.
double Quadratic::sweepByRows(const PenaltyAt& penalty, double tolerance) {
  const bool extrapolate = penalty.convex() && !(single_ && blocks_.bounded());
  std::vector<double>& state = rows_.state;
  rows_.base = q;
  rows_.start = b;
  reserveState();
  rows_.anderson->reset();
  std::fill(std::ranges::copy(b, state.begin()).out, state.end(), 0.0);
  for (int sweeps = 1;; ++sweeps) {
    la_.checkpoint();
    if (extrapolate) std::copy_n(state.begin(), rows_.head, rows_.last.begin());
    const double most = sweepRows();
    if (sweeps == Tuning::sweepsByRows || most <= tolerance / 2) {
      std::copy_n(state.begin(), b.size(), b.begin());
      sweeps_ += sweeps;
      for (const Line& line : lines_) {
        const Block& block = used_[at(line.block)];
        for (int k = 0; k < block.size; ++k) worked_ += 2.0 * sweeps * metric_->entriesOf(placeOf(block.first + k));
      }
      return most;
    }
    if (!extrapolate) continue;
    rows_.anderson->advance({rows_.last.data(), static_cast<int>(rows_.last.size())},
                            {state.data(), static_cast<int>(state.size())});
    const std::span<const double> plain = rows_.anderson->image();
    if (!isWithin(state) || !(objectiveOf(state) <= objectiveOf(plain))) {
      std::ranges::copy(plain, state.begin());
      rows_.anderson->reset();
    }
  }
}

/// Makes room for the state of these sweeps, and more than it takes now: columns come in a few at a time.
void Quadratic::reserveState() {
  if (rows_.head >= b.size() && !rows_.state.empty()) return;
  const std::size_t all = at(blocks_.data().p()) * at(responses_);
  rows_.head = std::min(all, b.size() + b.size() / 4 + 64);
  rows_.state.resize(rows_.head + at(metric_->rows()) * at(responses_));
  rows_.last.resize(rows_.head);
  sums_.resize(at(responses_));
  rows_.anderson = std::make_unique<Anderson<Cpu>>(la_, Tuning::memory, static_cast<int>(rows_.head),
                                                   static_cast<int>(rows_.state.size()));
}

/// One of these sweeps; the largest size of a step.
double Quadratic::sweepRows() {
  const std::size_t n = at(metric_->rows());
  const std::span<double> values(rows_.state.data(), b.size());
  double* const products = rows_.state.data() + rows_.head;
  double most = 0;
  visitKind([&]<class P>() {
    constexpr bool single = !std::is_void_v<P>;
    const auto product = [&](int entry) { return std::span(products + at(single ? 0 : responseOf(entry)) * n, n); };
    // The sum of one response stays in a register.
    double only = 0;
    const auto sum = [&](int entry) -> double& { return single ? only : sums_[at(responseOf(entry))]; };
    for (int k = 0; k < responses_; ++k) sum(k) = metric_->sumOfScaled(product(k));
    for (const Line& line : lines_) {
      const Block& block = used_[at(line.block)];
      for (int k = 0; k < (single ? 1 : block.size); ++k) {
        const int entry = block.first + k, place = single ? entry : placeOf(entry);
        slopes_[at(k)] = rows_.base[at(entry)] + metric_->ofScaled(place, product(entry), sum(entry));
      }
      const auto apply = [&](int k, double step) __attribute__((always_inline)) {
        const int entry = block.first + k, place = single ? entry : placeOf(entry);
        metric_->addScaled(place, step, product(entry));
        sum(entry) += step * metric_->totalWeight() * metric_->mean(place);
      };
      most = std::max(most, moveBlock<P>(line, of(values, block), slopes_, -1, apply));
    }
  });
  return most;
}

/// The objective at a state of these sweeps, less what it was at their start but for the penalty.
double Quadratic::objectiveOf(std::span<const double> state) const {
  const std::size_t n = at(metric_->rows());
  double sum = 0;
  for (std::size_t k = 0; k < sums_.size(); ++k) {
    sum += metric_->squaredNormOfScaled(state.subspan(rows_.head + k * n, n)) / 2;
  }
  for (const Line& line : lines_) {
    const Block& block = used_[at(line.block)];
    const std::span<const double> values = of(state, block);
    double linear = 0;
    for (std::size_t k = 0; k < values.size(); ++k) {
      const std::size_t e = at(block.first) + k;
      linear += rows_.base[e] * (values[k] - rows_.start[e]);
    }
    sum += line.along.valueBeside(values, linear);
  }
  return sum;
}

/// Brings what sweepByRows() did to the gradients of all places.
void Quadratic::finishSweepsByRows() {
  const std::size_t n = at(metric_->rows());
  for (int k = 0; k < responses_; ++k) {
    const std::span<const double> product = std::span(rows_.state).subspan(rows_.head + at(k) * n, n);
    const double sum = metric_->sumOfScaled(product);
    la_.checkpoint();
    for (int e = 0; e < form_.size(); ++e) {
      const auto entry = at(e * responses_ + k);
      q[entry] = rows_.base[entry] + metric_->ofScaled(e, product, sum);
    }
  }
}

/// One pass over the blocks in use; the largest size of a step. Steps of a size of at most `least` are left out.
double Quadratic::sweep(double least) {
  double most = 0;
  visitKind([&]<class P>() {
    for (const Line& line : lines_) {
      const Block& block = used_[at(line.block)];
      const auto apply = [&](int k, double step) {
        addColumn(block.first + k, step, gradient_);
        moved_[at(block.first + k)] += step;
      };
      most = std::max(most, moveBlock<P>(line, of(b, block), gradientInUse(block), least, apply));
    }
  });
  sweeps_ += 1;
  return most;
}

/// Gives the places of the blocks in use their slots, with their gradients.
void Quadratic::gather() {
  std::vector<int> places;
  for (const Line& line : lines_) {
    const Block& block = used_[at(line.block)];
    for (int k = 0; k < block.size; ++k) {
      const int place = placeOf(block.first + k);
      if (places.empty() || places.back() != place) places.push_back(place);
    }
  }
  gram_.gather(form_, places);
  gradient_.resize(at(gram_.size() * responses_));
  for (int s = 0; s < gram_.size(); ++s) {
    for (int k = 0; k < responses_; ++k) gradient_[at(s * responses_ + k)] = q[at(gram_.place(s) * responses_ + k)];
  }
  moved_.assign(b.size(), 0.0);
}

/// Brings the steps since gather() to the gradients of all places.
void Quadratic::applySteps() {
  change_.resize(q.size());
  applyGram(moved_, change_);
  for (std::size_t e = 0; e < q.size(); ++e) q[e] += change_[e];
}

void Quadratic::applyGram(std::span<const double> d, std::span<double> out) {
  const int width = responses_;
  if (metric_ && (byRows() || !metric_->hasGram())) {
    column_.resize(at(metric_->rows()));
    places_.resize(at(form_.size()));
    for (int k = 0; k < width; ++k) {
      for (int e = 0; e < form_.size(); ++e) places_[at(e)] = d[at(e * width + k)];
      const double sum = metric_->rowsOf(places_, column_);
      for (int e = 0; e < form_.size(); ++e) out[at(e * width + k)] = metric_->ofRows(e, column_, sum);
    }
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  for (int e = 0; e < form_.size(); ++e) {
    const double* column = form_.gram(e);
    for (int k = 0; k < width; ++k) {
      const double step = d[at(e * width + k)];
      if (step == 0) continue;
      if (width == 1) {
        blas::axpy(form_.size(), step, column, out.data());
      } else {
        for (int f = 0; f < form_.size(); ++f) out[at(f * width + k)] += column[f] * step;
      }
    }
  }
}

/// Adds the entries of a block, `whole` also those that are 0 by an l1 or at a bound.
void Quadratic::addToSupport(Support& to, const BlockPenalty& along, int block, std::span<const double> gradient,
                             bool whole) const {
  const Block& own = used_[at(block)];
  const std::span<const double> values = of(b, own);
  to.begin(along, block, values);
  for (std::size_t k = 0; k < values.size(); ++k) {
    const std::size_t entry = at(own.first) + k;
    const bool atBound = blocks_.bounded() && (values[k] <= lower_[entry] || values[k] >= upper_[entry]);
    if (!whole && (atBound || (values[k] == 0 && along.l1 > 0))) continue;
    to.add(along, static_cast<int>(entry), values[k], gradient[k]);
  }
}

Support& Quadratic::collectSupport(const PenaltyAt& penalty) {
  support_.clear();
  for (std::size_t g = 0; g < used_.size(); ++g) {
    if (!isZero(used_[g])) {
      addToSupport(support_, penalty.of(used_[g].group), static_cast<int>(g), of(q, used_[g]), false);
    }
  }
  return support_;
}

/// Newton steps to the minimum of the quadratic with the branches of the penalty on the support as they are, unless
/// the factor costs more than this number of sweeps. False where there is none.
bool Quadratic::newtonSteps(const PenaltyAt& penalty, double sweepsLeft) {
  for (int k = 0; k < Tuning::mostShortSteps; ++k) {
    support_.clear();
    for (const Line& line : lines_) {
      const Block& block = used_[at(line.block)];
      if (!isZero(block)) addToSupport(support_, line.along, line.block, gradientInUse(block), false);
    }
    if (support_.entries().empty()) return true;
    const double size = static_cast<double>(support_.entries().size());
    if (square(size) / 3 / Tuning::operationsBlocked > sweepsLeft * gradient_.size()) return false;
    // Norms are not curved along their blocks, so that a system of these may be singular though the penalty is convex.
    const bool regular = support_.factor(form_, responses_);
    if (!regular && (single_ || !penalty.convex() || !support_.factor(form_, responses_, Tuning::shift))) return false;
    support_.solve();
    const Step taken = takeStep(penalty);
    if (taken != Step::part) return single_ || taken == Step::whole;
  }
  return true;
}

bool Quadratic::stepOnSupport(const PenaltyAt& penalty) {
  if (metric_ && !metric_->affordsGram()) return false;
  rows_.start = b;
  collect(penalty, infinity);
  form_.needGram();
  gather();
  newtonSteps(penalty, infinity);
  applySteps();
  return b != rows_.start;
}

/// The share of a step after which the coefficient changes sign, meets a bound, or comes to another branch.
double Quadratic::shareToBreak(const BlockPenalty& along, const Block& block, int entry, double d, bool convex) const {
  const double value = b[at(entry)];
  double share = 1;
  const auto meet = [&](double end) {
    const double t = (end - value) / d;
    if (t > 0 && t < share) share = t;
  };
  if (stopsAtZero(along, block)) meet(0);
  if (blocks_.bounded() && std::isfinite(lower_[at(entry)])) meet(lower_[at(entry)]);
  if (blocks_.bounded() && std::isfinite(upper_[at(entry)])) meet(upper_[at(entry)]);
  if (!convex && along.gamma > 0 && block.size == 1) {
    meet(std::copysign(along.gamma * along.l, value));
    meet(std::copysign(along.l, value));
  }
  return share;
}

/// The ends of a whole step, within bounds. Coefficients that would change sign end at 0 if the penalty has their
/// absolute values.
void Quadratic::setEnds(const PenaltyAt& penalty) {
  ends_.resize(support_.entries().size());
  for (const auto& part : support_.parts()) {
    const Block& block = used_[at(part.block)];
    const bool stops = stopsAtZero(penalty.of(block.group), block);
    for (int s = part.begin; s < part.end; ++s) {
      const auto e = at(support_.entries()[at(s)]);
      const double value = b[e], end = value + support_.step()[at(s)];
      ends_[at(s)] = blocks_.bounded() ? std::clamp(end, lower_[e], upper_[e]) : end;
      if (stops && (single_ ? end * value <= 0 : meetsZero(value, end))) ends_[at(s)] = 0;
    }
  }
}

/// Takes the whole step, coefficients that would change sign at 0, if that gains more than the part of the step up to
/// the first of them; else that part.
Quadratic::Step Quadratic::takeStep(const PenaltyAt& penalty) {
  const std::vector<int>& entries = support_.entries();
  const std::vector<double>& step = support_.step();
  const auto k = entries.size();
  double share = 1;
  std::size_t first = k;
  for (const auto& part : support_.parts()) {
    const Block& block = used_[at(part.block)];
    const BlockPenalty along = penalty.of(block.group);
    for (auto s = at(part.begin); s < at(part.end); ++s) {
      if (const double t = shareToBreak(along, block, entries[s], step[s], penalty.convex()); t < share) {
        share = t;
        first = s;
      }
    }
  }
  setEnds(penalty);
  // The nearest of many minima is meant, so that with a penalty that is not convex no coefficient is set to 0
  // together with others.
  if ((penalty.convex() || first == k) && tryEnds(penalty)) return first == k ? Step::whole : Step::part;
  if (first == k) return single_ ? Step::none : stepToZero(penalty);
  for (std::size_t s = 0; s < k; ++s) {
    const double value = b[at(entries[s])];
    ends_[s] = s == first && value * (value + step[s]) <= 0 ? 0 : value + share * step[s];
  }
  return tryEnds(penalty) ? Step::part : Step::none;
}

/// Takes the part of a step up to where the first block turns around, which ends at 0, or less of it.
Quadratic::Step Quadratic::stepToZero(const PenaltyAt& penalty) {
  const std::vector<int>& entries = support_.entries();
  const std::vector<double>& step = support_.step();
  double share = 1;
  const Support::Part* first = nullptr;
  for (const auto& part : support_.parts()) {
    double along = 0, squares = 0;
    for (auto s = at(part.begin); s < at(part.end); ++s) {
      along -= b[at(entries[s])] * step[s];
      squares += square(b[at(entries[s])]);
    }
    if (squares >= along * share) continue;
    share = squares / along;
    first = &part;
  }
  for (int k = 0; k < Tuning::mostParts; ++k, share /= 4, first = nullptr) {
    for (std::size_t s = 0; s < ends_.size(); ++s) ends_[s] = b[at(entries[s])] + share * step[s];
    if (first) std::fill(ends_.begin() + first->begin, ends_.begin() + first->end, 0.0);
    if (tryEnds(penalty)) return Step::part;
  }
  return Step::none;
}

/// Moves the support to `ends_` unless the objective, whose change is exact in this model, rises.
bool Quadratic::tryEnds(const PenaltyAt& penalty) {
  const std::vector<int>& entries = support_.entries();
  const auto inUse = [&](std::size_t s) {
    return at(gram_.slot(placeOf(entries[s])) * responses_ + responseOf(entries[s]));
  };
  change_.assign(gradient_.size(), 0.0);
  const auto taken = [&](std::size_t s) { return ends_[s] - b[at(entries[s])]; };
  for (std::size_t s = 0; s < ends_.size(); ++s) {
    if (taken(s) != 0) addColumn(entries[s], taken(s), change_);
  }
  double gain = 0, size = 0;
  for (const auto& part : support_.parts()) {
    const Block& block = used_[at(part.block)];
    const BlockPenalty along = penalty.of(block.group);
    const std::span<double> to = std::span(next_).first(at(block.size));
    std::ranges::copy(of(b, block), to.begin());
    double smooth = 0;
    for (auto s = at(part.begin); s < at(part.end); ++s) {
      const double each = (gradient_[inUse(s)] + change_[inUse(s)] / 2) * taken(s);
      smooth += each;
      size += std::abs(each);
      to[at(entries[s] - block.first)] = ends_[s];
    }
    const double after = along.value(to), before = along.value(of(b, block));
    gain += smooth + after - before;
    size += after + before;
  }
  if (!(gain <= 4 * machineEpsilon * size)) return false;
  for (std::size_t s = 0; s < ends_.size(); ++s) {
    moved_[at(entries[s])] += taken(s);
    b[at(entries[s])] = ends_[s];
  }
  for (std::size_t e = 0; e < change_.size(); ++e) gradient_[e] += change_[e];
  return true;
}

bool Quadratic::locallyConvex(const PenaltyAt& penalty) {
  if (penalty.convex()) return true;
  // What there is no memory to find out is not claimed.
  if (metric_ && !metric_->affordsGram()) return false;
  form_.needGram();
  edge_.clear();
  for (std::size_t g = 0; g < used_.size(); ++g) {
    const BlockPenalty along = penalty.of(used_[g].group);
    const std::span<const double> gradient = of(q, used_[g]);
    const bool inside = isZero(used_[g]) && along.dualNorm(gradient) < (1 - Tuning::nearEdge) * along.slopeAtZero();
    if (!inside) addToSupport(edge_, along, static_cast<int>(g), gradient, true);
  }
  return edge_.entries().empty() || edge_.factor(form_, responses_);
}

}  // namespace nonconvex
