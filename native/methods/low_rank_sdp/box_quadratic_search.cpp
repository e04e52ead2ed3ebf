#include "methods/low_rank_sdp/box_quadratic_search.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/interval.hpp"
#include "core/random.hpp"
#include "methods/low_rank_sdp/box_reduction.hpp"

namespace nonconvex {
namespace {

constexpr std::uint32_t drawsOfPoints = 18;  // definition: a stream of random numbers

}  // namespace

struct BoxQuadraticTree::Tuning {
  static constexpr int sweeps = 400;          ///< safeguard: most sweeps of a relaxation, as others end sooner
  static constexpr int passes = 10;           ///< safeguard: relaxations of one box that shrinks
  static constexpr double fromEnds = 0.2;     ///< published: the page's least share of a width beside a split
  static constexpr double worthwhile = 0.05;  ///< safeguard: share of a width that is worth a proof to cut off
  static constexpr double narrow = 1e-9;      ///< rounding: a width beside the box's that is not split
  static constexpr int manySolves = 10;       ///< safeguard: nodes with a local solution each, and between two later on
  static constexpr int rootPoints = 20;       ///< safeguard: points that are drawn at first
};

BoxQuadraticTree::BoxQuadraticTree(const Cpu& la, BoxQuadratic problem, const BoxQuadraticSettings& settings)
    : la_(la),
      problem_(std::move(problem)),
      inRows_(problem_.inRows()),
      settings_(settings),
      work_(static_cast<std::size_t>(settings.together)) {
  clear();
}

void BoxQuadraticTree::clear() {
  x_.clear();
  objective_ = infinity;
}

void BoxQuadraticTree::offer(std::span<const double> x) { offer(x, problem_.value(x)); }

void BoxQuadraticTree::offer(std::span<const double> x, double objective) {
  if (objective >= std::min(objective_, settings_.cutoff)) return;
  objective_ = objective;
  x_.assign(x.begin(), x.end());
}

double BoxQuadraticTree::goal() const {
  return std::min(goalOf(objective_, settings_.absoluteGap, settings_.gap) + settings_.slack, settings_.cutoff);
}

void BoxQuadraticTree::root(OpenNodes<Node>& open) {
  Node node;
  node.lower = problem_.lower;
  node.upper = problem_.upper;
  const int points = problem_.rows.empty() ? Tuning::rootPoints : 1;
  drawPoints(node, work_.front(), points, settings_.seed);
  incumbent(node);
  open.add(std::move(node), -infinity);
}

void BoxQuadraticTree::drawPoints(Node& node, Work& work, int count, std::uint64_t seed) const {
  const Random random(seed, drawsOfPoints);
  std::uint64_t draws = 0;
  work.x.resize(problem_.c.size());
  for (int k = 0; k < count; ++k) {
    for (std::size_t i = 0; i < work.x.size(); ++i) {
      const double share = k == 0 ? 0.5 : random.uniform(draws++);
      work.x[i] = std::clamp(node.lower[i] + share * (node.upper[i] - node.lower[i]), node.lower[i], node.upper[i]);
    }
    descend(node, work);
    la_.checkpoint();
  }
}

/// Descends from the point in the work space.
void BoxQuadraticTree::descend(Node& node, Work& work) const {
  if (!problem_.rows.empty()) {
    node.x = work.x;  // incumbent() starts there
    return;
  }
  toEnds(work.x);
  descendByCoordinates(problem_, work.x, work.slope, la_);
  const double value = problem_.value(work.x);
  if (value >= node.objective) return;
  node.objective = value;
  node.x = work.x;
}

/// Moves variables to the nearer bound that have the bounds alone as values.
void BoxQuadraticTree::toEnds(std::vector<double>& x) const {
  for (std::size_t i = 0; i < problem_.ends.size(); ++i) {
    if (problem_.ends[i] == 0) continue;
    x[i] = x[i] - problem_.lower[i] < problem_.upper[i] - x[i] ? problem_.lower[i] : problem_.upper[i];
  }
}

/// Leaves bounds alone to variables that have no other values; false where one has none left.
bool BoxQuadraticTree::roundToEnds(Node& node) const {
  for (std::size_t i = 0; i < problem_.ends.size(); ++i) {
    if (problem_.ends[i] == 0) continue;
    const bool low = node.lower[i] <= problem_.lower[i], high = node.upper[i] >= problem_.upper[i];
    if (!low && !high) return false;
    if (!low) node.lower[i] = node.upper[i];
    if (!high) node.upper[i] = node.lower[i];
  }
  return true;
}

void BoxQuadraticTree::incumbent(Node& node) {
  if (!problem_.rows.empty() && !node.x.empty() && settings_.solveLocally != nullptr) {
    const bool wanted = node.number < Tuning::manySolves || node.number % Tuning::manySolves == 0;
    if (!wanted || !settings_.solveLocally(node.x, node.objective)) node.objective = infinity;
  }
  if (!node.x.empty()) offer(node.x, node.objective);
  node.x = {};
}

/// Returns true for a variable that has its least value at one of its bounds, whatever the others are.
bool BoxQuadraticTree::isAtEnd(std::size_t variable) const {
  if (problem_.hasEnds(variable)) return true;
  return problem_.row(static_cast<int>(variable))[variable] <= 0 && (inRows_.empty() || inRows_[variable] == 0);
}

double BoxQuadraticTree::bound(Node& node, TreeVisit& visit) {
  Work& work = work_[static_cast<std::size_t>(visit.place)];
  node.number = visit.number;
  for (int pass = 0; pass < Tuning::passes; ++pass) {
    if (!propagateRows(problem_, node.lower, node.upper) || !roundToEnds(node)) return node.bound = infinity;
    reduceBox(problem_, node.lower, node.upper);
    boundOnce(node, visit, work);
    if (node.bound >= visit.goal || work.relaxation.size() == 0) return node.bound;
    if (!cutOff(node, visit, work)) break;
    if (node.bound >= visit.goal) return node.bound;
  }
  chooseSplit(node, work);
  return node.bound;
}

/// Bounds the box as it is.
void BoxQuadraticTree::boundOnce(Node& node, TreeVisit& visit, Work& work) {
  Relaxation& relaxation = work.relaxation;
  relaxation.set(problem_, node.lower, node.upper, node.start.get(),
                 settings_.seed + static_cast<std::uint64_t>(visit.number));
  node.variable = -1;
  work.x = node.lower;
  if (relaxation.size() == 0) {
    node.bound = std::max(node.bound, relaxation.unit().constant() - relaxation.unit().error());
    descend(node, work);
    return;
  }
  relaxation.improve(la_, visit.goal, Tuning::sweeps);
  node.bound = std::max(node.bound, relaxation.bound());
  for (int i = 0; i < relaxation.size(); ++i) {
    const auto at = static_cast<std::size_t>(relaxation.unit().free()[static_cast<std::size_t>(i)]);
    const double x = relaxation.unit().centre(i) + relaxation.unit().radius(i) * relaxation.z(i);
    work.x[at] = std::clamp(x, node.lower[at], node.upper[at]);
  }
  descend(node, work);
  node.start = std::make_shared<const RelaxationStart>(relaxation.start());
}

/// Leaves out parts of the box in which no objective is below the goal; false where there are none. All of it may be.
bool BoxQuadraticTree::cutOff(Node& node, TreeVisit& visit, Work& work) const {
  if (!std::isfinite(visit.goal)) return false;
  const UnitQuadratic& unit = work.relaxation.unit();
  DualBound& dual = work.relaxation.dual();
  dual.prepareReach(la_);
  bool cut = false;
  for (int i = 0; i < unit.size(); ++i) {
    la_.checkpoint();
    const auto at = static_cast<std::size_t>(unit.free()[static_cast<std::size_t>(i)]);
    const bool atEnd = isAtEnd(at);
    const DualBound::Reach reach = dual.reach(i, visit.goal, atEnd ? 0 : Tuning::worthwhile, la_);
    if (reach.low <= -1 && reach.high >= 1) continue;
    using namespace outward;
    double low = node.lower[at], high = node.upper[at];
    const double from = sumBelow(unit.centre(i), productBelow(unit.radius(i), reach.low));
    const double to = sumAbove(unit.centre(i), productAbove(unit.radius(i), reach.high));
    // The least value is at a bound: one of them is out of reach.
    if (reach.low > -1) low = atEnd ? high : std::clamp(from, low, high);
    if (reach.high < 1) high = atEnd ? node.lower[at] : std::clamp(to, node.lower[at], high);
    visit.leaveOut(visit.goal);
    cut = true;
    if (low > high) {
      node.bound = infinity;
      return true;
    }
    node.lower[at] = low;
    node.upper[at] = high;
  }
  return cut;
}

void BoxQuadraticTree::chooseSplit(Node& node, Work& work) const {
  const UnitQuadratic& unit = work.relaxation.unit();
  double most = -1;
  for (int i = 0; i < unit.size(); ++i) {
    const auto at = static_cast<std::size_t>(unit.free()[static_cast<std::size_t>(i)]);
    const double width = node.upper[at] - node.lower[at];
    if (width <= Tuning::narrow * (problem_.upper[at] - problem_.lower[at])) continue;
    // A relaxation that has come to nothing may have numbers that are none: then the first variable is split in halves.
    const double loose = work.relaxation.looseness(i), z = work.relaxation.z(i);
    if (!(loose > most) && node.variable >= 0) continue;
    most = loose;
    node.variable = static_cast<int>(at);
    const double share = std::clamp(std::isfinite(z) ? 0.5 + 0.5 * z : 0.5, Tuning::fromEnds, 1 - Tuning::fromEnds);
    node.at = std::clamp(node.lower[at] + share * width, node.lower[at], node.upper[at]);
  }
}

void BoxQuadraticTree::branch(const Node& node, OpenNodes<Node>& open) {
  if (node.variable < 0) return;
  const auto at = static_cast<std::size_t>(node.variable);
  const bool atEnd = isAtEnd(at);
  const double size = static_cast<double>(sizeof(Node) + 2 * problem_.c.size() * sizeof(double)) +
                      0.5 * static_cast<double>(node.start->bytes());
  for (const bool low : {true, false}) {
    Node child;
    child.lower = node.lower;
    child.upper = node.upper;
    child.start = node.start;
    child.bound = node.bound;
    if (low) {
      child.upper[at] = atEnd ? node.lower[at] : node.at;
    } else {
      child.lower[at] = atEnd ? node.upper[at] : node.at;
    }
    open.add(std::move(child), node.bound, size);
  }
}

}  // namespace nonconvex
