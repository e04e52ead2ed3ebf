// Branch and bound against enumeration, for all orders, sizes of rounds and numbers of threads.
#include "methods/tree_search/tree_search.hpp"

#include <array>
#include <cmath>
#include <vector>

#include "allocations.hpp"
#include "check.hpp"
#include "core/limits.hpp"
#include "core/random.hpp"
#include "core/run.hpp"

using namespace nonconvex;

namespace {

/// min ||R z - t||^2 over integers |z_j| <= 2, R an upper triangle: a node has the last numbers of z.
class IntegerLeastSquares {
 public:
  static constexpr int n = 5, most = 2;
  struct Node {
    std::array<int, n> z{};
    int decided = 0;
    double sum = 0;
  };

  IntegerLeastSquares(std::uint64_t seed, double relativeGap) : gap_(relativeGap) {
    const Random random(seed, 3);
    for (int i = 0; i < n; ++i) {
      for (int j = i; j < n; ++j) at(i, j) = random.normal(static_cast<std::uint64_t>(n * i + j));
      at(i, i) += 0.5;
      t_[static_cast<std::size_t>(i)] = 3 * random.normal(static_cast<std::uint64_t>(100 + i));
    }
  }

  void root(OpenNodes<Node>& open) const { open.add({}, 0); }
  double bound(const Node& node, const TreeVisit&) const { return node.sum; }
  void incumbent(const Node& node) {
    if (node.decided < n || node.sum >= least_) return;
    least_ = node.sum;
    best = node.z;
  }
  void branch(const Node& node, OpenNodes<Node>& open) const {
    if (node.decided == n) return;
    for (int value = -most; value <= most; ++value) {
      Node child = node;
      child.z[static_cast<std::size_t>(n - 1 - node.decided)] = value;
      child.sum += square(residual(child.z, n - 1 - node.decided));
      ++child.decided;
      open.add(std::move(child), child.sum);
    }
  }
  double objective() const { return least_; }
  double goal() const { return goalOf(least_, 0, gap_); }

  double value(const std::array<int, n>& z) const {
    double sum = 0;
    for (int i = n; i-- > 0;) sum += square(residual(z, i));
    return sum;
  }
  double enumerated() const {
    double least = infinity;
    for (int code = 0; code < 3125; ++code) {
      std::array<int, n> z{};
      for (int j = 0, rest = code; j < n; ++j, rest /= 5) z[static_cast<std::size_t>(j)] = rest % 5 - most;
      least = std::min(least, value(z));
    }
    return least;
  }

  std::array<int, n> best{};

 private:
  double& at(int i, int j) { return r_[static_cast<std::size_t>(n * i + j)]; }
  double residual(const std::array<int, n>& z, int i) const {
    double sum = -t_[static_cast<std::size_t>(i)];
    for (int j = i; j < n; ++j) sum += r_[static_cast<std::size_t>(n * i + j)] * z[static_cast<std::size_t>(j)];
    return sum;
  }

  std::array<double, static_cast<std::size_t>(n* n)> r_{};
  std::array<double, n> t_{};
  double gap_, least_ = infinity;
};

/// min of sin(3 x) + cos(5 x) + x^2 / 10 over an interval, by a Lipschitz constant: a spatial search, whose points are
/// found while nodes are bounded, several at a time.
class Valley {
 public:
  struct Node {
    double low, high;
    double x = 0, value = infinity;
  };

  double width = 4;      // length of the interval on either side of 0
  double narrowest = 0;  // length of an interval that is not split
  bool empty = false;    // no points at all
  const Monitor* interrupts = nullptr;

  static double f(double x) { return std::sin(3 * x) + std::cos(5 * x) + x * x / 10; }

  void root(OpenNodes<Node>& open) const {
    open.add({.low = -width, .high = 0}, -infinity);
    open.add({.low = 0, .high = width}, -infinity);
  }
  double bound(Node& node, const TreeVisit& visit) const {
    if (interrupts != nullptr) interrupts->checkpoint();
    node.x = (node.low + node.high) / 2;
    node.value = empty ? infinity : f(node.x);
    numbers.at(static_cast<std::size_t>(visit.place)) = visit.number;
    return empty ? infinity : lowest(node);
  }
  void incumbent(const Node& node) {
    if (node.value >= least_) return;
    least_ = node.value;
    best = node.x;
  }
  void branch(const Node& node, OpenNodes<Node>& open) const {
    if (node.high - node.low <= narrowest) return;
    const double bound = lowest(node);
    open.add({.low = node.low, .high = node.x}, bound);
    open.add({.low = node.x, .high = node.high}, bound);
  }
  double objective() const { return least_; }
  double goal() const { return goalOf(least_, 1e-6); }

  double best = 0;
  mutable std::vector<std::int64_t> numbers = std::vector<std::int64_t>(64);

 private:
  /// A bound by |f'| <= 8 + width / 5.
  double lowest(const Node& node) const { return node.value - (8 + width / 5) * (node.high - node.low) / 2; }

  double least_ = infinity;
};

template <class P>
Status run(TreeSearch<P>& tree) {
  double before = -infinity;
  tree.start();
  for (;;) {
    const std::optional<Status> status = tree.step();
    CHECK(tree.lowerBound() >= before);
    CHECK(tree.lowerBound() <= tree.objective());
    before = tree.lowerBound();
    if (status) return *status;
  }
}

double leastOfValley() {
  double least = infinity;
  for (int i = 0; i <= 4'000'000; ++i) least = std::min(least, Valley::f(-4 + 2e-6 * i));
  return least;
}

const std::array allOrders{TreeOrder::depthFirst, TreeOrder::bestBound, TreeOrder::dive};

}  // namespace

TEST(a_tree_search_finds_the_integer_point_that_enumeration_finds) {
  for (std::uint64_t seed = 1; seed <= check::repetitions(24U); ++seed) {
    const double least = IntegerLeastSquares(seed, 0).enumerated();
    for (const TreeOrder order : allOrders) {
      for (const int together : {1, 7}) {
        const Cpu la;
        IntegerLeastSquares problem(seed, 0);
        TreeSearch tree(la, problem, {.order = order, .together = together});
        CHECK(run(tree) == Status::solved);
        CHECK_EQ(problem.objective(), least);
        CHECK_EQ(problem.value(problem.best), least);
        CHECK_EQ(tree.lowerBound(), least);
        CHECK(tree.nodes() < 3125);
      }
    }
  }
}

TEST(a_tree_search_with_a_gap_looks_at_fewer_nodes_and_has_a_valid_bound) {
  double nodes = 0, nodesWithGap = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    const Cpu la;
    IntegerLeastSquares exact(seed, 0), rough(seed, 0.5);
    TreeSearch all(la, exact, {.order = TreeOrder::depthFirst});
    TreeSearch some(la, rough, {.order = TreeOrder::depthFirst});
    CHECK(run(all) == Status::solved);
    CHECK(run(some) == Status::solved);
    CHECK(some.lowerBound() <= exact.objective());
    CHECK(some.lowerBound() >= 0.5 * rough.objective());
    nodes += all.nodes();
    nodesWithGap += some.nodes();
  }
  CHECK(nodesWithGap < nodes);
}

/// Bits of results and the nodes depend on the size of rounds alone.
TEST(a_tree_search_is_the_same_for_any_number_of_threads) {
  const double least = leastOfValley();
  for (const TreeOrder order : allOrders) {
    for (const int together : {1, 8, 64}) {
      std::array<double, 3> seen{};
      for (const int threads : {1, 2, 5}) {
        WorkerPool pool(threads);
        const Cpu la(threads > 1 ? &pool : nullptr, threads);
        Valley problem;
        TreeSearch tree(la, problem, {.order = order, .together = together});
        CHECK(run(tree) == Status::solved);
        CHECK(problem.objective() <= least + 1e-6);
        CHECK(tree.lowerBound() <= least);
        CHECK(tree.lowerBound() >= problem.objective() - 1e-6);
        const std::array<double, 3> now{problem.best, tree.lowerBound(), tree.nodes()};
        if (threads == 1) seen = now;
        CHECK(now == seen);
      }
    }
  }
}

TEST(nodes_of_a_round_have_numbers_in_their_order) {
  const Cpu la;
  Valley problem;
  TreeSearch tree(la, problem, {.order = TreeOrder::bestBound, .together = 4});
  tree.start();
  tree.step();  // both nodes of the root
  tree.step();
  for (std::int64_t k = 0; k < 4; ++k) CHECK_EQ(problem.numbers[static_cast<std::size_t>(k)], 2 + k);
}

/// The newest come first while there are many.
TEST(a_tree_search_keeps_few_nodes_open_where_room_is_short) {
  std::size_t free = 0, few = 0;
  const auto mostOpen = [](double mostOpenSize) {
    const Cpu la;
    Valley problem;
    TreeSearch tree(la, problem, {.order = TreeOrder::bestBound, .mostOpenSize = mostOpenSize});
    tree.start();
    std::size_t most = 0;
    while (!tree.step()) most = std::max(most, tree.open());
    CHECK(problem.objective() <= leastOfValley() + 1e-6);
    return most;
  };
  free = mostOpen(infinity);
  few = mostOpen(16);
  CHECK(free > 60);
  CHECK(few < free / 2);
}

TEST(a_tree_search_says_how_it_ended) {
  const Cpu la;
  Valley nothing;
  nothing.empty = true;
  TreeSearch empty(la, nothing, {});
  CHECK(run(empty) == Status::infeasible);

  Valley coarse;
  coarse.narrowest = 0.01;
  TreeSearch stalled(la, coarse, {});
  CHECK(run(stalled) == Status::stalled);
  CHECK(stalled.lowerBound() <= leastOfValley());

  Valley cut;
  TreeSearch limited(la, cut, {.together = 4, .mostNodes = 21});
  CHECK(run(limited) == Status::iterationLimit);
  CHECK_EQ(limited.nodes(), 21.0);
  CHECK(!limited.finished());
  CHECK(limited.lowerBound() <= leastOfValley());
}

/// What an interruption leaves in work counts for the bound and is taken up again.
TEST(an_interrupted_tree_search_has_a_valid_bound_and_goes_on) {
  const Cpu la;
  Valley plain, problem;
  TreeSearch all(la, plain, {.together = 8});
  run(all);
  TreeSearch tree(la, problem, {.together = 8});
  Monitor monitor;
  tree.start();
  for (int k = 0; k < 5; ++k) tree.step();
  const double before = tree.lowerBound();
  monitor.abort();
  problem.interrupts = &monitor;
  bool interrupted = false;
  try {
    tree.step();
  } catch (const Interrupted&) {
    interrupted = true;
  }
  CHECK(interrupted);
  CHECK_EQ(tree.lowerBound(), before);
  problem.interrupts = nullptr;
  while (!tree.step()) {
  }
  CHECK_EQ(tree.lowerBound(), all.lowerBound());
  CHECK_EQ(tree.nodes(), all.nodes());
}

TEST(a_tree_search_is_a_solver_that_iterate_runs) {
  const Cpu la;
  Valley problem;
  TreeSearch tree(la, problem, {.together = 8});
  Limits limits;
  limits.maxIterations = 1'000'000;
  Monitor monitor;
  const auto outcome = iterate(tree, limits, monitor);
  CHECK(outcome.status == Status::solved);
  CHECK(outcome.progress.residual <= 1e-6);
  CHECK_EQ(static_cast<double>(outcome.progress.lowerBound), tree.lowerBound());
}

TEST(steps_of_a_tree_search_with_plain_nodes_allocate_nothing) {
  const Cpu la;
  Valley problem;
  TreeSearch tree(la, problem, {.order = TreeOrder::depthFirst, .together = 4});
  tree.reserve(1000);
  CHECK_EQ(allocationsOf(tree, 200), 0);
}
