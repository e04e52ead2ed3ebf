#include "solvers/nlp/minimizeGlobally/search.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"

namespace nonconvex {

GlobalSearch::GlobalSearch(const Cpu& la, const GlobalModel& model, const MinimizeGloballySettings& settings)
    : la_(la), model_(model), settings_(settings), propagation_(model.lifted), root_(model.lifted.columns) {
  stop_ = [this] {
    la_.checkpoint();
    return la_.ending();
  };
}

void GlobalSearch::follow(std::span<const double> x) { debug_.emplace(model_.lifted, x); }

bool GlobalSearch::propagate(std::vector<Interval>& box, double goal, int sweeps) const {
  const bool open = propagation_.run(box, goal, sweeps);
  expect(open ? -infinity : infinity, box, "propagation");
  return open;
}

/// Throws an error unless the box, and what the step says of it, are right about the solution that is followed.
void GlobalSearch::expect(double bound, std::span<const Interval> box, const char* step) const {
  if (!debug_) return;
  debug_->expectAbove(bound, step);
  debug_->expectIn(box, step);
}

double GlobalSearch::goal() const {
  if (debug_) return debug_->goal();
  constexpr double rounding = 4 * machineEpsilon;  // rounding: a bound at the goal has a gap within the tolerance
  const double wanted = goalOf(best_.objective, settings_.absoluteGap, settings_.tolerance);
  return std::min(std::isinf(wanted) ? wanted : wanted + rounding * std::abs(best_.objective), settings_.cutoff);
}

void GlobalSearch::take(const std::optional<GlobalPoint>& point, GlobalPoint& best) const {
  if (point && point->objective < best.objective) best = *point;
}

void GlobalSearch::consider(std::span<const double> x) {
  PointSearch points(la_, model_.open(), model_.lifted.integer, model_.constraints);
  take(points.check(x, model_.lifted.columns), best_);
}

bool GlobalSearch::begin(const std::vector<std::vector<double>>& starts) {
  if (!propagate(root_, debug_ ? debug_->goal() : settings_.cutoff, Tuning::rootSweeps)) return false;
  boundUnbounded(settings_.cutoff);
  auto space = takeWorkspace();
  for (const std::vector<double>& start : starts) {
    la_.checkpoint();
    take(space->points.check(start, root_), best_);
    take(space->points.descend(start, root_), best_);
  }
  stationary_ = settle(space->points, best_);
  boundUnbounded(std::min(best_.objective, settings_.cutoff));
  counts_.localSolves += space->points.solves();
  unbounded_ = space->points.unbounded();
  giveBack(std::move(space));
  return true;
}

/// Tightens bounds that are infinite, by the growth of the objective and the constraints.
void GlobalSearch::boundUnbounded(double cutoff) {
  const double goal = debug_ ? debug_->goal() : cutoff;
  if (!LevelSets::areOpen(model_.lifted, root_)) return;
  if (!LevelSets(model_.lifted).run(root_, goal)) return;
  expect(-infinity, root_, "level sets");
}

double GlobalSearch::quickBound() {
  auto space = takeWorkspace();
  space->relaxation.setBox(root_, {}, goal());
  const double bound = space->relaxation.minimise(stop_, goal());
  ++counts_.linearPrograms;
  giveBack(std::move(space));
  return bound;
}

void GlobalSearch::root(OpenNodes<Node>& open) {
  Node node;
  node.box = root_;
  open.add(std::move(node), -infinity);
}

std::unique_ptr<GlobalSearch::Workspace> GlobalSearch::takeWorkspace() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto space = std::move(idle_.back());
      idle_.pop_back();
      return space;
    }
  }
  return std::make_unique<Workspace>(Workspace{
      LinearRelaxation(model_.lifted, root_),
      PointSearch(la_, model_.open(), model_.lifted.integer, model_.constraints), LagrangianBound(model_.lifted)});
}

void GlobalSearch::giveBack(std::unique_ptr<Workspace> space) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(space));
}

double GlobalSearch::bound(Node& node, TreeVisit& visit) {
  auto space = takeWorkspace();
  // What propagation and the row of the objective exclude has no point below the goal, and nothing more is known of it.
  node.lower = std::max(node.lower, std::min(boundWith(*space, node, visit), visit.goal));
  giveBack(std::move(space));
  return node.lower;
}

double GlobalSearch::boundWith(Workspace& space, Node& node, const TreeVisit& visit) {
  const bool isRoot = node.depth == 0;
  if (!propagate(node.box, visit.goal, isRoot ? Tuning::rootSweeps : Tuning::sweeps)) return infinity;
  double bound = relax(space, node, visit.goal);
  if (bound >= visit.goal) return bound;
  if (closesByCurvature(space, node, visit.goal)) return visit.goal;
  const auto when = settings_.tightening;
  const bool deep = node.depth > Tuning::tightenedDepth;
  const bool tightens = when == GlobalTightening::always || (when == GlobalTightening::automatic && !deep) ||
                        (when == GlobalTightening::root && isRoot);
  if (tightens) {
    if (!tighten(space, node, visit.goal, isRoot ? 2 : 1)) return infinity;
    if (!propagate(node.box, visit.goal, Tuning::sweeps)) return infinity;
    bound = std::max(bound, relax(space, node, visit.goal));
    if (bound >= visit.goal) return bound;
  }
  node.lower = std::max(node.lower, bound);
  lookForPoints(space, node, visit);
  choose(space, node);
  return bound;
}

/// The bound of the linear relaxation, after rounds of lines that touch at its solution.
double GlobalSearch::relax(Workspace& space, Node& node, double goal) {
  LinearRelaxation& relaxation = space.relaxation;
  const auto before = relaxation.pivots();
  relaxation.setBox(node.box, node.near, goal);
  relaxation.setBasis(node.basis);
  double bound = -infinity;
  for (int round = 0; round <= Tuning::rounds; ++round) {
    la_.checkpoint();
    bound = std::max(bound, relaxation.minimise(stop_, goal));
    ++node.counts.linearPrograms;
    expect(bound, node.box, "a linear relaxation");
    if (bound >= goal || !relaxation.hasPoint()) break;
    if (round == Tuning::rounds || relaxation.addTouching(node.box) == 0) break;
  }
  node.counts.pivots += static_cast<double>(relaxation.pivots() - before);
  la_.checkpoint();
  if (relaxation.hasPoint()) {
    node.near.assign(relaxation.x().begin(), relaxation.x().end());
    node.basis = relaxation.basis();
    if (bound < goal) relaxation.tightenByReducedCosts(node.box, goal);
    expect(bound, node.box, "reduced costs");
  }
  for (const Interval each : node.box) {
    if (each.isEmpty()) return infinity;
  }
  return bound;
}

/// Tightens the operands of atoms by two linear programs each; returns false if no point is left.
bool GlobalSearch::tighten(Workspace& space, Node& node, double goal, int rounds) {
  std::vector<char> wanted(node.box.size(), 0);
  for (const LiftedAtom& atom : model_.lifted.atoms) {
    wanted[at(atom.x)] = 1;
    if (atom.y >= 0) wanted[at(atom.y)] = 1;
  }
  LinearRelaxation& relaxation = space.relaxation;
  for (int round = 0; round < rounds; ++round) {
    const auto before = relaxation.pivots();
    relaxation.setBox(node.box, node.near, goal);
    relaxation.setBasis(node.basis);
    bool moved = false;
    for (std::size_t j = 0; j < node.box.size(); ++j) {
      Interval& box = node.box[j];
      if (!wanted[j] || !(box.high - box.low > Tuning::narrow * (1 + std::abs(box.low)))) continue;
      for (const double sign : {1.0, -1.0}) {
        la_.checkpoint();
        const double least = relaxation.minimiseColumn(static_cast<int>(j), sign, stop_);
        ++node.counts.tightenings;
        ++node.counts.linearPrograms;
        expect(least == infinity ? infinity : -infinity, node.box, "a linear program that tightens");
        if (least == infinity) return false;
        const double width = box.high - box.low;
        if (sign > 0 && least > box.low) box.low = model_.lifted.integer[j] ? std::ceil(least) : least;
        if (sign < 0 && -least < box.high) box.high = model_.lifted.integer[j] ? std::floor(-least) : -least;
        expect(-infinity, node.box, "tightening");
        if (box.isEmpty()) return false;
        moved = moved || box.high - box.low < 0.9 * width;
      }
    }
    node.counts.pivots += static_cast<double>(relaxation.pivots() - before);
    if (!moved) break;
    if (!propagate(node.box, goal, Tuning::sweeps)) return false;
  }
  return true;
}

bool GlobalSearch::closesByCurvature(Workspace& space, Node& node, double goal) const {
  if (stationary_ == nullptr || node.depth < Tuning::curvedDepth) return false;
  space.lagrangian.setPoint(stationary_);
  if (!space.lagrangian.reaches(node.box, goal)) return false;
  expect(goal, node.box, "second derivatives");
  ++node.counts.curved;
  return true;
}

/// The stationary point near the best one, which it may better.
std::shared_ptr<const StationaryPoint> GlobalSearch::settle(PointSearch& points, GlobalPoint& best) const {
  if (!best.known()) return nullptr;
  std::optional<GlobalPoint> settled = points.descend(best.x, root_);
  if (!settled || settled->multipliers.size() != model_.constraints.size()) return nullptr;
  auto made = std::make_shared<const StationaryPoint>(StationaryPoint{settled->x, settled->multipliers});
  take(settled, best);
  return made;
}

/// Takes the solution of the relaxation for a point of the model, and now and then begins a local solution there.
void GlobalSearch::lookForPoints(Workspace& space, Node& node, const TreeVisit& visit) {
  if (node.near.empty()) return;
  const std::vector<double> x(node.near.begin(), node.near.begin() + model_.lifted.variables);
  node.found = {};
  node.found.objective = best_.objective;
  take(space.points.check(x, node.box), node.found);
  constexpr std::uint32_t stream = 1;  // definition: draws of nodes that begin a local solution
  const Random random(settings_.seed, stream);
  const double chance = best_.known() ? std::max(Tuning::leastChance, std::pow(2.0, -0.5 * node.depth)) : 0.5;
  const auto descend = [&](const std::vector<double>& from) {
    ++node.counts.localSolves;
    take(space.points.descend(from, node.box), node.found);
  };
  if (random.uniform(static_cast<std::uint64_t>(visit.number)) <= chance) {
    descend(x);
    if (node.depth == 0) {
      std::vector<double> middle;
      for (std::size_t j = 0; j < x.size(); ++j) {
        const Interval box = node.box[j];
        middle.push_back(std::isfinite(box.high - box.low) ? box.low / 2 + box.high / 2 : x[j]);
      }
      descend(middle);
    }
  }
  if (!node.found.known()) return;
  ++node.counts.localSolves;
  node.stationary = settle(space.points, node.found);
}

double GlobalSearch::violation(const LiftedAtom& atom, std::span<const double> z) const {
  const double x = z[at(atom.x)], w = z[at(atom.w)];
  double exact = 0;
  if (atom.kind == LiftedAtom::Kind::function) {
    const Interval from = domain(atom.function);
    exact = value(atom.function, std::clamp(x, from.low, from.high));
  } else if (atom.kind == LiftedAtom::Kind::product) {
    exact = x * z[at(atom.y)];
  } else {
    return 0;
  }
  const double gap = std::abs(w - exact);
  return std::isfinite(gap) ? gap : 1e6 * (1 + std::abs(w));
}

void GlobalSearch::consider(Choice& choice, const Node& node, int column, double score, double place) const {
  const Interval box = node.box[at(column)];
  const bool bounded = std::isfinite(box.low) && std::isfinite(box.high);
  const double width = box.high - box.low, size = std::max(std::abs(box.low), std::abs(box.high));
  if (bounded && !(width > Tuning::narrow * std::max(1.0, size))) return;
  if (!(score > choice.score)) return;
  double split = 0;
  if (bounded) {
    split = Tuning::pull * std::clamp(place, box.low, box.high) + (1 - Tuning::pull) * (box.low / 2 + box.high / 2);
    split = std::clamp(split, box.low + Tuning::edge * width, box.high - Tuning::edge * width);
  } else if (std::isfinite(box.low)) {
    split = box.low + std::max(1.0, std::abs(box.low));
  } else if (std::isfinite(box.high)) {
    split = box.high - std::max(1.0, std::abs(box.high));
  }
  choice = {column, score, split};
}

/// The integer that is farthest from its value in the relaxation's solution.
GlobalSearch::Choice GlobalSearch::fractional(const Node& node) const {
  constexpr double least = 1e-6;  // rounding: of solutions of linear programs
  Choice choice;
  for (int j = 0; j < model_.lifted.variables && !node.near.empty(); ++j) {
    if (!model_.lifted.integer[at(j)]) continue;
    const double z = node.near[at(j)], away = std::abs(z - std::round(z));
    if (away > least) consider(choice, node, j, away, z);
  }
  return choice;
}

/// True where more lines or planes come as near to the atom at the solution as is wanted, without a split.
bool GlobalSearch::isMendedByLines(const LiftedAtom& atom, const Node& node) const {
  if (atom.kind != LiftedAtom::Kind::function) return atom.kind == LiftedAtom::Kind::perspective;
  const Interval x = node.box[at(atom.x)];
  const Bend bend = bendOver(atom.function, x);
  if (bend == Bend::mixed) return false;
  const double exact = value(atom.function, std::clamp(node.near[at(atom.x)], x.low, x.high));
  return (node.near[at(atom.w)] < exact) == (bend == Bend::convex);
}

/// An operand of the atom that the relaxation's solution violates most, weighted by multipliers and by how far the
/// operand is from its bounds. Atoms that lines mend count only if `all` do.
GlobalSearch::Choice GlobalSearch::violated(const Workspace& space, const Node& node, bool all) const {
  constexpr double least = 1e-9;  // rounding: of violations
  Choice choice;
  const std::vector<double>& z = node.near;
  const auto share = [&](int column) {
    const Interval box = node.box[at(column)];
    const double width = box.high - box.low;
    if (!std::isfinite(width)) return 1.0;
    return width > 0 ? 0.1 + std::max(0.0, std::min(z[at(column)] - box.low, box.high - z[at(column)])) / width : 0.0;
  };
  for (std::size_t i = 0; i < model_.lifted.atoms.size() && !z.empty(); ++i) {
    const LiftedAtom& atom = model_.lifted.atoms[i];
    const double gap = violation(atom, z);
    if (!(gap > least * (1 + std::abs(z[at(atom.w)])))) continue;
    if (!all && isMendedByLines(atom, node)) continue;
    const double score = gap * (space.relaxation.weightOf(static_cast<int>(i)) + Tuning::weightOfAll);
    consider(choice, node, atom.x, score * share(atom.x), z[at(atom.x)]);
    if (atom.y >= 0) consider(choice, node, atom.y, score * share(atom.y), z[at(atom.y)]);
  }
  return choice;
}

/// The widest operand of an atom, else any integer that is not fixed.
GlobalSearch::Choice GlobalSearch::widest(const Node& node) const {
  constexpr double unbounded = 1e300;  // a width above all others
  Choice choice;
  for (const LiftedAtom& atom : model_.lifted.atoms) {
    for (const int column : {atom.x, atom.y}) {
      if (column < 0) continue;
      const Interval box = node.box[at(column)];
      const double width = box.high - box.low;
      const double end = std::isfinite(box.low) ? box.low : std::isfinite(box.high) ? box.high : 0;
      consider(choice, node, column, (std::isfinite(width) ? width : unbounded) / (1 + std::abs(end)),
               box.low / 2 + box.high / 2);
    }
  }
  for (int j = 0; j < model_.lifted.variables && choice.column < 0; ++j) {
    if (model_.lifted.integer[at(j)]) consider(choice, node, j, 1, node.box[at(j)].low + 0.5);
  }
  return choice;
}

void GlobalSearch::choose(const Workspace& space, Node& node) const {
  Choice choice = fractional(node);
  for (const bool all : {false, true}) {
    if (choice.column < 0 && node.lower > -infinity) choice = violated(space, node, all);
  }
  if (choice.column < 0) choice = widest(node);
  node.branch = choice.column;
  node.place = choice.place;
  if (!debug_ || choice.column < 0) return;
  const auto place = debug_->placeBeside(choice.column, node.box[at(choice.column)], choice.place);
  node.branch = place ? choice.column : -1;
  node.place = place.value_or(0);
}

void GlobalSearch::incumbent(Node& node) {
  counts_.add(node.counts);
  node.counts = {};
  if (node.found.known() && node.found.objective < best_.objective) {
    best_ = std::move(node.found);
    stationary_ = std::move(node.stationary);
  }
  node.found = {};
  node.stationary = {};
}

void GlobalSearch::addBox(const Node& node, double bound, OpenBoxes& boxes) const {
  if (bound >= goal()) return;
  for (std::size_t j = 0; j < at(model_.lifted.variables); ++j) {
    boxes.lower.push_back(node.box[j].low);
    boxes.upper.push_back(node.box[j].high);
  }
  boxes.bounds.push_back(bound);
}

OpenBoxes GlobalSearch::stalledBoxes() const {
  OpenBoxes left;
  const std::size_t n = at(model_.lifted.variables);
  for (std::size_t k = 0; k < stalledBoxes_.bounds.size(); ++k) {
    if (stalledBoxes_.bounds[k] >= goal()) continue;
    const auto from = static_cast<std::ptrdiff_t>(k * n), to = static_cast<std::ptrdiff_t>((k + 1) * n);
    left.lower.insert(left.lower.end(), stalledBoxes_.lower.begin() + from, stalledBoxes_.lower.begin() + to);
    left.upper.insert(left.upper.end(), stalledBoxes_.upper.begin() + from, stalledBoxes_.upper.begin() + to);
    left.bounds.push_back(stalledBoxes_.bounds[k]);
  }
  return left;
}

/// Remembers where the relaxation of a box that cannot be split differs most from the model.
void GlobalSearch::noteStalled(const Node& node) {
  addBox(node, node.lower, stalledBoxes_);
  constexpr std::size_t some = 3;  // safeguard: more say little
  if (node.near.empty() || stalledAtoms_.size() >= some) return;
  int worst = -1;
  double most = 0;
  for (std::size_t k = 0; k < model_.lifted.atoms.size(); ++k) {
    const LiftedAtom& atom = model_.lifted.atoms[k];
    const double gap = violation(atom, node.near) / (1 + std::abs(node.near[at(atom.w)]));
    if (!(gap > most)) continue;
    most = gap;
    worst = static_cast<int>(k);
  }
  if (worst >= 0 && std::find(stalledAtoms_.begin(), stalledAtoms_.end(), worst) == stalledAtoms_.end()) {
    stalledAtoms_.push_back(worst);
  }
}

void GlobalSearch::branch(Node& node, OpenNodes<Node>& open) {
  if (node.branch < 0) return noteStalled(node);
  const bool integer = model_.lifted.integer[at(node.branch)] != 0;
  const double size = static_cast<double>(node.box.size() * (sizeof(Interval) + sizeof(double) + 2) + 200);
  bool followed = !debug_;
  for (const bool upper : {true, false}) {
    Node child;
    child.box = node.box;
    Interval& box = child.box[at(node.branch)];
    if (upper) {
      box.low = integer ? std::floor(node.place) + 1 : node.place;
    } else {
      box.high = integer ? std::floor(node.place) : node.place;
    }
    if (box.isEmpty() || (debug_ && !debug_->isIn(child.box))) continue;
    child.near = node.near;
    child.basis = node.basis;
    child.depth = node.depth + 1;
    open.add(std::move(child), node.lower, size);
    followed = true;
  }
  if (!followed) expect(infinity, node.box, "branching");
}

}  // namespace nonconvex
