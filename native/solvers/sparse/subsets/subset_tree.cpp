#include "solvers/sparse/subsets/subset_tree.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/index.hpp"
#include "core/numbers.hpp"

namespace nonconvex {

struct SubsetTree::Tuning {
  static constexpr int mostSweeps = 2000;  ///< safeguard: sweeps at one node
  static constexpr int innerSweeps = 30;   ///< measured: sweeps over coefficients other than 0 between those over all
  static constexpr double innerSettled =
      1e-4;  ///< measured: change beside the largest coefficient that ends such sweeps
  static constexpr double preciseEnough =
      0.02;  ///< measured: error of the relaxation beside the distance to the best subset
  static constexpr std::size_t mostLending = 1000;  ///< measured: columns whose G lends from its least eigenvalue
  static constexpr double lending = 0.98;           ///< measured: share of that eigenvalue
  static constexpr double leastLent = 1e-9;         ///< rounding: share below which columns count as dependent
  static constexpr double whole = 1e-7;             ///< rounding: distance from 0 or 1 of a share that counts as whole
  static constexpr double sizeReached = 1e-3;       ///< measured: error of the shares beside the size
  static constexpr int mostTurns = 30;              ///< safeguard: changes of the multiplier of the size at one node
  static constexpr double widestTurn = 4;           ///< measured: factor of the multiplier at one change
};

SubsetTree::SubsetTree(const Cpu& la, SubsetGram& gram, SubsetSearch& search) : la_(la), gram_(gram), search_(search) {}

/// What the relaxation has to pay for a column.
double SubsetTree::cost(std::size_t k) const {
  if (!objective_.bySize()) return objective_.cost(node_.columns[k]);
  return node_.chosen[k] ? 0 : node_.lambda;
}

/// What G lends of its diagonal at a column, and the ridge of the relaxation with that.
double SubsetTree::lent(std::size_t k) const { return node_.lent * gram_.diagonal(node_.columns[k]); }
double SubsetTree::ridge(std::size_t k) const { return objective_.ridge + lent(k); }

/// The penalty's slope at 0 for a column that may be chosen.
double SubsetTree::slope(std::size_t k) const {
  const double end = knot(k);
  return cost(k) / end + ridge(k) / 2 * end;
}

/// The end of the straight part of the penalty, where all of the column is chosen.
double SubsetTree::knot(std::size_t k) const {
  const double r = ridge(k), free = r > 0 ? std::sqrt(2 * cost(k) / r) : infinity;
  return std::min(objective_.largest, free);
}

double SubsetTree::penalty(std::size_t k, double b) const {
  const double size = std::abs(b);
  if (!node_.chosen[k] && size < knot(k)) return slope(k) * size;
  return cost(k) + ridge(k) / 2 * b * b;
}

/// sup of |v| b - r b^2 / 2 over 0 <= b <= M
double SubsetTree::reach(std::size_t k, double v) const {
  const double size = std::abs(v), r = ridge(k);
  const double b = std::min(objective_.largest, r > 0 ? size / r : infinity);
  if (std::isinf(b)) return size == 0 ? 0 : infinity;
  return (size - r / 2 * b) * b;
}

double SubsetTree::conjugate(std::size_t k, double v) const {
  const double gained = reach(k, v) - cost(k);
  return node_.chosen[k] ? gained : std::max(0.0, gained);
}

double SubsetTree::share(std::size_t k, double b) const {
  if (b == 0) return 0;
  return std::min(1.0, std::abs(b) / knot(k));
}

/// argmin of c / 2 b^2 - a b and the penalty.
double SubsetTree::minimizer(std::size_t k, double c, double a) const {
  const double size = std::abs(a), largest = objective_.largest;
  const double beyond = std::min(largest, size / (c + ridge(k)));
  if (node_.chosen[k]) return std::copysign(beyond, a);
  const double l = slope(k), end = knot(k);
  if (size <= l) return 0;
  const double line = c > 0 ? (size - l) / c : infinity;
  return std::copysign(line <= end ? line : std::max(end, beyond), a);
}

/// The part of all subsets.
SubsetNode SubsetTree::all() const {
  SubsetNode node;
  for (int j = 0; j < gram_.size(); ++j) {
    if (gram_.usable(j)) node.columns.push_back(j);
  }
  node.chosen.assign(node.columns.size(), 0);
  node.b.assign(node.columns.size(), 0);
  if (rootLent_) {
    node.lent = *rootLent_;
    node.sizeOfLent = node.columns.size();
  }
  for (std::size_t k = 0; k < node.columns.size(); ++k) {
    const auto place = std::find(best_.columns.begin(), best_.columns.end(), node.columns[k]);
    if (place != best_.columns.end()) node.b[k] = best_.values[static_cast<std::size_t>(place - best_.columns.begin())];
  }
  return node;
}

/// The least eigenvalue of G on some columns, divided by the roots of its diagonal so that units do not matter, or a
/// little less; 0 where there is none above rounding.
double SubsetTree::lentBy(const std::vector<int>& columns) {
  const int m = static_cast<int>(columns.size());
  gram_.need(columns);
  HostMatrix<double> g(m, m), factor(m, m), v(m, 1);
  std::vector<double> roots;
  for (const int j : columns) roots.push_back(std::sqrt(gram_.diagonal(j)));
  for (int k = 0; k < m; ++k) {
    const double* column = gram_.column(columns[at(k)]);
    for (int l = 0; l < m; ++l) g(l, k) = column[columns[at(l)]] / (roots[at(l)] * roots[at(k)]);
  }
  const auto definite = [&](double less) {
    steady_.copy(g.view(), factor.view());
    for (int k = 0; k < m; ++k) factor(k, k) -= less;
    return steady_.cholesky(factor);
  };
  if (la_.ending() || !definite(0)) return 0;
  for (int k = 0; k < m; ++k) v(k, 0) = 1 + 0.1 * (k % 7);
  double estimate = 0;
  constexpr int steps = 12;  // of inverse iteration
  for (int step = 0; step < steps && !la_.ending(); ++step) {
    const double norm = blas::nrm2(m, v.column(0));
    for (int k = 0; k < m; ++k) v(k, 0) /= norm;
    steady_.choleskySolve(factor, v);
    estimate = 1 / blas::nrm2(m, v.column(0));
  }
  for (double less = Tuning::lending * estimate; less > Tuning::leastLent && !la_.ending(); less /= 2) {
    if (definite(less)) return less;
  }
  return 0;
}

bool SubsetTree::definite() {
  const std::vector<int> columns = all().columns;
  if (!rootLent_) {
    const bool few = columns.size() <= Tuning::mostLending && columns.size() < at(gram_.rows());
    rootLent_ = few && !columns.empty() ? lentBy(columns) : 0;
  }
  return columns.empty() || *rootLent_ > 0;
}

/// Looks for what G may lend where the columns have become fewer than they were then.
void SubsetTree::lend() {
  const std::size_t m = node_.columns.size();
  constexpr double fewer = 0.8;
  const bool worth = node_.sizeOfLent == 0 || static_cast<double>(m) <= fewer * static_cast<double>(node_.sizeOfLent);
  if (m > 0 && m <= Tuning::mostLending && m < at(gram_.rows()) && worth) {
    node_.lent = std::max(node_.lent, lentBy(node_.columns));
    node_.sizeOfLent = m;
  }
}

void SubsetTree::setGradient() {
  q_.resize(node_.columns.size());
  for (std::size_t k = 0; k < q_.size(); ++k) {
    q_[k] = gram_.correlation(node_.columns[k]) + lent(k) * node_.b[k];
  }
  for (std::size_t l = 0; l < q_.size(); ++l) {
    if (node_.b[l] == 0) continue;
    const double* column = gram_.column(node_.columns[l]);
    for (std::size_t k = 0; k < q_.size(); ++k) q_[k] -= node_.b[l] * column[node_.columns[k]];
  }
}

/// Has the Gram columns of what is to move computed together.
void SubsetTree::fetch() {
  wanted_.clear();
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const int j = node_.columns[k];
    if (gram_.has(j)) continue;
    if (minimizer(k, gram_.diagonal(j) - lent(k), q_[k]) != 0) wanted_.push_back(j);
  }
  gram_.need(wanted_);
}

/// Moves each column to its minimum, then those that are not 0 again and again; the gradients of all follow.
void SubsetTree::sweep() {
  fetch();
  moving_.clear();
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double c = gram_.diagonal(node_.columns[k]) - lent(k), now = node_.b[k];
    if (now == 0 && !node_.chosen[k] && minimizer(k, c, q_[k]) == 0) continue;
    moving_.push_back(k);
  }
  gather();
  for (int inner = 0; inner < Tuning::innerSweeps; ++inner) {
    double change = 0, largest = 0;
    for (std::size_t m = 0; m < moving_.size(); ++m) {
      const std::size_t k = moving_[m];
      const double* column = local_.data() + m * moving_.size();
      const double now = node_.b[k], to = minimizer(k, column[m], localQ_[m] + column[m] * now), by = to - now;
      largest = std::max(largest, std::abs(to));
      if (by == 0) continue;
      change = std::max(change, std::abs(by));
      for (std::size_t l = 0; l < moving_.size(); ++l) localQ_[l] -= by * column[l];
      node_.b[k] = to;
    }
    if (change <= Tuning::innerSettled * largest) break;
  }
  follow();
}

/// Copies what belongs to the columns that move to where it lies together.
void SubsetTree::gather() {
  const std::size_t count = moving_.size();
  start_.resize(count);
  localQ_.resize(count);
  local_.resize(count * count);
  for (std::size_t m = 0; m < count; ++m) {
    start_[m] = node_.b[moving_[m]];
    localQ_[m] = q_[moving_[m]];
    const double* column = gram_.column(node_.columns[moving_[m]]);
    for (std::size_t l = 0; l < count; ++l) local_[m * count + l] = column[node_.columns[moving_[l]]];
    local_[m * count + m] -= lent(moving_[m]);
  }
}

/// Brings the gradients of all columns to where those that moved have gone.
void SubsetTree::follow() {
  for (std::size_t m = 0; m < moving_.size(); ++m) {
    const double by = node_.b[moving_[m]] - start_[m];
    if (by == 0) continue;
    const double* column = gram_.column(node_.columns[moving_[m]]);
    for (std::size_t l = 0; l < q_.size(); ++l) q_[l] -= by * column[node_.columns[l]];
    q_[moving_[m]] += by * lent(moving_[m]);
  }
}

/// The relaxation's value at b, and the bound there.
void SubsetTree::measure() {
  value_ = dual_ = gram_.squares() / 2;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double b = node_.b[k], c = gram_.correlation(node_.columns[k]);
    value_ -= b * (q_[k] + c) / 2;
    dual_ -= b * (c - q_[k]) / 2;
    if (b != 0 || node_.chosen[k]) value_ += penalty(k, b);
    dual_ -= conjugate(k, q_[k]);
  }
  dualThere_ = dual_;
  if (objective_.bySize()) measureSize();
  // The bound of where the node came from holds in all of its parts.
  node_.bound = std::max(node_.bound, dual_);
}

/// Measures the shares of a size, and the bound with the best multiplier, which has the largest conjugates in it.
void SubsetTree::measureSize() {
  reaches_.clear();
  shares_ = 0;
  double free = 0;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    if (node_.chosen[k]) continue;
    reaches_.push_back(reach(k, q_[k]));
    shares_ += share(k, node_.b[k]);
    free += conjugate(k, q_[k]);
  }
  above_ = infinity;
  below_ = 0;
  if (left_ == 0) return;
  value_ -= node_.lambda * left_;
  dualThere_ -= node_.lambda * left_;
  const auto end = reaches_.begin() + left_;
  std::nth_element(reaches_.begin(), end, reaches_.end(), std::greater<>());
  below_ = *end;
  double most = 0;
  for (auto each = reaches_.begin(); each != end; ++each) {
    most += *each;
    above_ = std::min(above_, *each);
  }
  dual_ += free - most;
}

/// Takes out the columns that are not chosen where no more may be, and chooses all where all may be.
void SubsetTree::settle() {
  if (!objective_.bySize()) return;
  const auto chosen = std::count(node_.chosen.begin(), node_.chosen.end(), 1);
  left_ = std::max(0, objective_.size - static_cast<int>(chosen));
  if (static_cast<std::ptrdiff_t>(node_.chosen.size()) - chosen <= left_) {
    std::fill(node_.chosen.begin(), node_.chosen.end(), 1);
    left_ = 0;
  } else if (left_ == 0) {
    std::size_t kept = 0;
    for (std::size_t k = 0; k < node_.chosen.size(); ++k) {
      if (node_.chosen[k]) node_.keep(k, kept++);
    }
    node_.shrink(kept);
  }
}

/// Takes a multiplier that lies between what the columns gain that would be chosen now and what the others do.
void SubsetTree::chooseMultiplier() {
  measure();
  constexpr double least = 1e-12;  // of the squares, above 0 as columns have to cost something
  node_.lambda = std::max((above_ + below_) / 2, least * gram_.squares());
}

/// Moves the multiplier towards where shares sum to the size; whether the bound may become worth it.
bool SubsetTree::turn() {
  const double excess = shares_ - left_;
  if (left_ == 0 || std::abs(excess) <= Tuning::sizeReached * left_) return false;
  (excess > 0 ? low_ : high_) = {node_.lambda, value_, excess};
  const double most = mostBetween();
  if (most - node_.bound <= std::max(Tuning::preciseEnough * (goal() - most), 1e-3 * tolerance_)) return false;
  if (low_.known() && high_.known()) {
    // Where the excess is 0 on the line through both, and not too near either.
    constexpr double inside = 0.1;
    const double share = low_.excess / (low_.excess - high_.excess);
    node_.lambda = low_.lambda + std::clamp(share, inside, 1 - inside) * (high_.lambda - low_.lambda);
  } else {
    node_.lambda *= std::clamp(shares_ / left_, 1 / Tuning::widestTurn, Tuning::widestTurn);
  }
  return true;
}

/// The largest that the bound can be, which is concave in the multiplier, by its slopes on both sides.
double SubsetTree::mostBetween() const {
  if (!high_.known()) return infinity;
  if (!low_.known()) return high_.at(0);
  const double meet = (high_.at(0) - low_.at(0)) / (low_.excess - high_.excess);
  return low_.at(meet);
}

/// The columns of which the relaxation chooses the most: at least half, or as many as a size allows.
std::vector<int> SubsetTree::likely() const {
  std::vector<int> columns;
  std::vector<std::size_t> free;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double of = node_.chosen[k] ? 1 : share(k, node_.b[k]);
    if (node_.chosen[k] || (!objective_.bySize() && of >= 0.5)) {
      columns.push_back(node_.columns[k]);
    } else if (objective_.bySize() && of > 0) {
      free.push_back(k);
    }
  }
  const std::size_t most = std::min(free.size(), at(left_));
  const auto sizeOf = [&](std::size_t k) { return std::pair(share(k, node_.b[k]), std::abs(node_.b[k])); };
  std::partial_sort(
      free.begin(), free.begin() + static_cast<std::ptrdiff_t>(most), free.end(),
      [&](std::size_t k, std::size_t l) { return sizeOf(k) != sizeOf(l) ? sizeOf(k) > sizeOf(l) : k < l; });
  for (std::size_t f = 0; f < most; ++f) columns.push_back(node_.columns[free[f]]);
  return columns;
}

/// Takes those for a subset; whether it is better than the best one.
bool SubsetTree::improveBest(bool thorough) {
  const std::vector<int> columns = likely();
  if (columns == tried_) return false;
  tried_ = columns;
  Subset trial = search_.refit(objective_, columns);
  // Where columns depend on each other, a search from none of them finds which are to stay.
  if (std::isinf(trial.objective)) trial = search_.improve(objective_, {});
  if (thorough || trial.objective < best_.objective) trial = search_.improve(objective_, trial);
  if (!(trial.objective < best_.objective)) return false;
  best_ = std::move(trial);
  return true;
}

/// Goes to the minimiser over the columns that are chosen, where no others are left.
void SubsetTree::finish() {
  Subset exact = search_.refit(objective_, node_.columns);
  if (std::isinf(exact.objective)) return;
  for (std::size_t k = 0; k < node_.columns.size(); ++k) {
    const auto place = std::find(exact.columns.begin(), exact.columns.end(), node_.columns[k]);
    const auto l = static_cast<std::size_t>(place - exact.columns.begin());
    node_.b[k] = l < exact.values.size() ? exact.values[l] : 0;
  }
  setGradient();
  if (exact.objective < best_.objective) best_ = std::move(exact);
}

/// Minimises the relaxation until its bound closes the node, or it is as good as known.
SubsetTree::State SubsetTree::relax() {
  low_ = high_ = {};
  if (objective_.bySize() && left_ == 0) finish();
  if (left_ > 0 && node_.lambda == 0) chooseMultiplier();
  int turns = 0;
  for (int sweeps = 0; sweeps < Tuning::mostSweeps; ++sweeps) {
    sweep();
    measure();
    if (node_.bound >= goal()) return State::closed;
    const double off = value_ - dualThere_;
    const bool near = off <= std::max(Tuning::preciseEnough * (goal() - value_), 1e-3 * tolerance_);
    if (la_.ending() || (near && (turns++ == Tuning::mostTurns || !turn()))) break;
  }
  return State::open;
}

/// Leaves columns out, and chooses some for good, without which no subset of the node is better than the best.
/// Whether any was.
bool SubsetTree::fix(TreeVisit& visit) {
  if (node_.bound >= goal()) return false;  // as the best subset has become better since
  std::size_t kept = 0;
  bool any = false;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    const double reached = reach(k, q_[k]);
    const bool in = reached >= (objective_.bySize() ? above_ : cost(k));
    const double other = dual_ + std::abs(reached - (!objective_.bySize() ? cost(k) : in ? below_ : above_));
    if (!node_.chosen[k] && other >= goal()) {
      any = true;
      visit.leaveOut(other);
      if (!in) continue;
      node_.chosen[k] = 1;
    }
    node_.keep(k, kept++);
  }
  node_.shrink(kept);
  settle();
  return any;
}

/// The place of the column whose share is nearest 1/2, or of one that is not 0, or of one that a size would choose; -1
/// where there is none.
int SubsetTree::branching() const {
  int found = -1;
  double nearest = 0.5 - Tuning::whole;
  for (std::size_t k = 0; k < q_.size(); ++k) {
    if (node_.chosen[k]) continue;
    const double distance = std::abs(share(k, node_.b[k]) - 0.5);
    if (distance >= nearest) continue;
    nearest = distance;
    found = static_cast<int>(k);
  }
  for (std::size_t k = 0; k < q_.size() && found < 0; ++k) {
    if (!node_.chosen[k] && node_.b[k] != 0) found = static_cast<int>(k);
  }
  for (std::size_t k = 0; k < q_.size() && found < 0 && left_ > 0; ++k) {
    if (!node_.chosen[k] && reach(k, q_[k]) >= above_) found = static_cast<int>(k);
  }
  return found;
}

void SubsetTree::root(OpenNodes<SubsetNode>& open) {
  SubsetNode node = all();
  const auto size = static_cast<double>(node.columns.size());
  open.add(std::move(node), 0, size);
}

/// Bounds a node, and takes what it can for a subset.
double SubsetTree::bound(SubsetNode& node, TreeVisit& visit) {
  node_ = std::move(node);
  settle();
  lend();
  setGradient();
  State state = relax();
  // Columns that go out let G lend more, and so on.
  for (bool better = improveBest(visit.number == 0); state == State::open && (fix(visit) || better);
       better = improveBest(false)) {
    lend();
    setGradient();
    state = relax();
  }
  return node_.bound;
}

/// Splits the node that was bounded last into one with a column and one without; that which agrees with the best subset
/// comes first.
void SubsetTree::branch(SubsetNode& /*node*/, OpenNodes<SubsetNode>& open) {
  const int k = branching();
  if (k < 0) return;
  const int j = node_.columns[at(k)];
  SubsetNode with = node_, without = node_;
  with.chosen[at(k)] = 1;
  without.columns.erase(without.columns.begin() + k);
  without.chosen.erase(without.chosen.begin() + k);
  without.b.erase(without.b.begin() + k);
  const bool inBest = std::find(best_.columns.begin(), best_.columns.end(), j) != best_.columns.end();
  for (SubsetNode* child : {inBest ? &without : &with, inBest ? &with : &without}) {
    open.add(std::move(*child), node_.bound, static_cast<double>(child->columns.size()));
  }
}

SubsetTree::Outcome SubsetTree::search(const SubsetObjective& objective, Subset best, double tolerance,
                                       double mostNodes) {
  constexpr double mostNumbers = 1e7;  // safeguard: columns of open nodes, which take memory
  objective_ = objective;
  best_ = std::move(best);
  tolerance_ = tolerance;
  left_ = 0;
  definite();
  tried_.clear();
  TreeSearch tree(steady_, *this, {.mostNodes = std::max(1.0, mostNodes), .mostOpenSize = mostNumbers});
  tree.start();
  while (!la_.ending() && !tree.step()) {
  }
  const double bound = tree.lowerBound();
  return {std::move(best_), bound, tree.nodes()};
}

}  // namespace nonconvex
