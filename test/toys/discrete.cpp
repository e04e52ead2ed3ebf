// Branch and bound for a knapsack: a solver with an incumbent and a bound, whose residual is the gap between them.
#include <numeric>

#include "methods/tree_search/tree_search.hpp"
#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct DiscreteProblem {
  std::vector<double> values;
  std::vector<double> weights;
  double capacity = 0;

  static constexpr auto fields() {
    using Self = DiscreteProblem;
    return FieldTuple{IN(values, vector("n").positive(), "Value of each thing."),
                      IN(weights, vector("n").positive(), "Weight of each thing."),
                      IN(capacity, number(), "Most weight of what is taken.")};
  }
};

struct DiscreteProgress : Progress {
  double incumbent = 0;
  int open = 0;

  static constexpr auto fields() {
    using Self = DiscreteProgress;
    return FieldTuple{OUT(incumbent, "Value of the best selection so far."), OUT(open, "Nodes that wait.")};
  }
};

struct DiscreteSolution {
  using Progress = DiscreteProgress;
  std::vector<std::int32_t> chosen;
  double value = 0;
  Certificate certificate;

  static Claims claims() {
    return {.verbs = {"discrete"},
            .kinds = {CertificateKind::bounded, CertificateKind::global},
            .gapScale = "the value, 1 at least"};
  }

  static constexpr auto fields() {
    using Self = DiscreteSolution;
    return FieldTuple{OUT(chosen, "1 for each item that is taken, else 0."), OUT(value, "Sum of their values."),
                      OUT(certificate, "What is known of the answer.")};
  }
};

/// -v^T z over z in {0, 1}^n with w^T z <= capacity, bounded by the relaxation to [0, 1]^n.
///
/// E. Horowitz, S. Sahni, "Computing partitions with applications to the knapsack problem", JACM 21, 1974. Items of
/// equal value per weight come in random order.
class Knapsack {
 public:
  struct Node {
    std::size_t depth = 0;  ///< items that are decided
    bool take = false;      ///< the last of them
    double value = 0;
    double room = 0;
  };

  Knapsack(const DiscreteProblem& problem, std::uint64_t seed)
      : problem_(problem), order_(problem.values.size()), taken_(order_.size()), best_(order_.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    const Random random(seed);
    const auto before = [&](int i, int k) {
      const double left = value(i) * weight(k), right = value(k) * weight(i);
      return left != right
                 ? left > right
                 : random.uniform(static_cast<std::uint64_t>(i)) > random.uniform(static_cast<std::uint64_t>(k));
    };
    std::sort(order_.begin(), order_.end(), before);
  }

  void root(OpenNodes<Node>& open) const { add({0, false, 0, problem_.capacity}, open); }

  /// Nodes have their bound since they were added.
  double bound(const Node& /*node*/, const TreeVisit& /*visit*/) const { return -infinity; }

  void incumbent(const Node& node) {
    if (node.depth > 0) taken_[node.depth - 1] = node.take;
    if (node.value <= most_) return;
    most_ = node.value;
    std::fill(best_.begin(), best_.end(), 0);
    for (std::size_t d = 0; d < node.depth; ++d) best_[static_cast<std::size_t>(order_[d])] = taken_[d];
  }

  /// The item at this depth is left, then taken, as the child that is added last comes first.
  void branch(const Node& node, OpenNodes<Node>& open) const {
    if (node.depth == order_.size()) return;
    const double v = value(order_[node.depth]), w = weight(order_[node.depth]);
    add({node.depth + 1, false, node.value, node.room}, open);
    if (w <= node.room) add({node.depth + 1, true, node.value + v, node.room - w}, open);
  }

  double objective() const { return -most_; }
  double goal() const { return objective(); }
  const std::vector<std::int32_t>& best() const { return best_; }

 private:
  /// Adds a node with the bound of the relaxation.
  void add(Node node, OpenNodes<Node>& open) const {
    std::size_t depth = node.depth;
    double sum = node.value, room = node.room;
    for (; depth < order_.size() && weight(order_[depth]) <= room; ++depth) {
      sum += value(order_[depth]);
      room -= weight(order_[depth]);
    }
    if (depth < order_.size()) sum += value(order_[depth]) * room / weight(order_[depth]);
    open.add(std::move(node), -sum);
  }

  double value(int item) const { return problem_.values[static_cast<std::size_t>(item)]; }
  double weight(int item) const { return problem_.weights[static_cast<std::size_t>(item)]; }

  const DiscreteProblem& problem_;
  std::vector<int> order_;
  std::vector<std::int32_t> taken_;  // choice at each depth
  std::vector<std::int32_t> best_;   // best choice for each item
  double most_ = 0;                  // value of the best selection
};

/// A solver that is a TreeSearch of the Knapsack.
template <class La>
class BranchAndBound {
 public:
  BranchAndBound(const La&, const DiscreteProblem& problem, const Limits& settings)
      : knapsack_(problem, settings.seed), tree_(la_, knapsack_, {.order = TreeOrder::depthFirst}) {
    tree_.reserve(problem.values.size() + 2);
    tree_.start();
  }

  void start() {}
  std::optional<Status> step() { return tree_.step(); }

  DiscreteProgress progress() const {
    DiscreteProgress now;
    static_cast<Progress&>(now) = tree_.progress();
    now.residual = now.residual / std::max(1.0, std::abs(tree_.objective()));
    now.incumbent = -tree_.objective();
    now.open = static_cast<int>(tree_.open());
    return now;
  }

  DiscreteSolution solution() const {
    const DiscreteProgress last = progress();
    const double scale = std::max(1.0, std::abs(tree_.objective()));
    return {knapsack_.best(), -tree_.objective(), boundedBelow(last.objective, last.lowerBound, scale)};
  }

 private:
  Cpu la_;
  Knapsack knapsack_;
  TreeSearch<Knapsack> tree_;
};

struct DiscreteEntry {
  static constexpr const char* name = "discrete";
  using Problem = DiscreteProblem;
  using Settings = Limits;
  using Solution = DiscreteSolution;
  template <class La>
  using Solver = BranchAndBound<La>;
};

const RegisterSolver<DiscreteEntry> ofDiscrete;

}  // namespace
}  // namespace nonconvex::toys
