// Branch and bound for a knapsack: a solver with an incumbent and a bound, whose residual is the gap between them.
#include <numeric>

#include "toys.hpp"

namespace nonconvex::toys {
namespace {

struct DiscreteProblem {
  std::vector<double> values;
  std::vector<double> weights;
  double capacity = 0;
};

struct DiscreteProgress : Progress {
  double incumbent = 0;
  int open = 0;

  static constexpr auto fields() {
    using Self = DiscreteProgress;
    return std::tuple{OUT(incumbent, "Value of the best selection so far."), OUT(open, "Nodes that wait.")};
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
    return std::tuple{OUT(chosen, "1 for each item that is taken, else 0."), OUT(value, "Sum of their values."),
                      OUT(certificate, "What is known of the answer.")};
  }
};

/// Minimises -v^T z over z in {0, 1}^n with w^T z <= capacity, depth first, bounded by the relaxation to [0, 1]^n.
///
/// E. Horowitz, S. Sahni, "Computing partitions with applications to the knapsack problem", JACM 21, 1974. Items of
/// equal value per weight come in random order.
template <class La>
class BranchAndBound {
 public:
  BranchAndBound(const La&, const DiscreteProblem& problem, const Limits& settings)
      : problem_(problem), order_(problem.values.size()), taken_(order_.size()), best_(order_.size()) {
    std::iota(order_.begin(), order_.end(), 0);
    const Random random(settings.seed);
    const auto before = [&](int i, int k) {
      const double left = value(i) * weight(k), right = value(k) * weight(i);
      return left != right
                 ? left > right
                 : random.uniform(static_cast<std::uint64_t>(i)) > random.uniform(static_cast<std::uint64_t>(k));
    };
    std::sort(order_.begin(), order_.end(), before);
    open_.reserve(order_.size() + 2);
    open_.push_back(
        {.depth = 0, .take = false, .value = 0, .room = problem.capacity, .bound = boundFrom(0, 0, problem.capacity)});
  }

  void start() {}

  std::optional<Status> step() {
    if (open_.empty()) return Status::solved;
    const Node node = open_.back();
    open_.pop_back();
    if (node.depth > 0) taken_[node.depth - 1] = node.take;
    if (node.bound <= incumbent_) return std::nullopt;
    if (node.value > incumbent_) {
      incumbent_ = node.value;
      std::fill(best_.begin(), best_.end(), 0);
      for (std::size_t d = 0; d < node.depth; ++d) best_[static_cast<std::size_t>(order_[d])] = taken_[d];
    }
    if (node.depth == order_.size()) return std::nullopt;
    branch(node);
    return std::nullopt;
  }

  DiscreteProgress progress() const {
    double bound = incumbent_;
    for (const Node& node : open_) bound = std::max(bound, node.bound);
    DiscreteProgress now;
    now.objective = -incumbent_;
    now.lowerBound = -bound;
    now.residual = (bound - incumbent_) / std::max(1.0, std::abs(incumbent_));
    now.incumbent = incumbent_;
    now.open = static_cast<int>(open_.size());
    return now;
  }

  DiscreteSolution solution() const {
    const DiscreteProgress last = progress();
    const double scale = std::max(1.0, std::abs(incumbent_));
    return {best_, incumbent_, boundedBelow(last.objective, last.lowerBound, scale)};
  }

 private:
  struct Node {
    std::size_t depth = 0;  ///< items that are decided
    bool take = false;      ///< the last of them
    double value = 0;
    double room = 0;
    double bound = 0;
  };

  double value(int item) const { return problem_.values[static_cast<std::size_t>(item)]; }
  double weight(int item) const { return problem_.weights[static_cast<std::size_t>(item)]; }

  /// The item at this depth is left, then taken, as what is pushed last comes first.
  void branch(const Node& node) {
    const std::size_t next = node.depth + 1;
    open_.push_back({next, false, node.value, node.room, boundFrom(next, node.value, node.room)});
    const double v = value(order_[node.depth]), w = weight(order_[node.depth]);
    if (w > node.room) return;
    open_.push_back({next, true, node.value + v, node.room - w, boundFrom(next, node.value + v, node.room - w)});
  }

  double boundFrom(std::size_t depth, double sum, double room) const {
    for (; depth < order_.size() && weight(order_[depth]) <= room; ++depth) {
      sum += value(order_[depth]);
      room -= weight(order_[depth]);
    }
    return depth == order_.size() ? sum : sum + value(order_[depth]) * room / weight(order_[depth]);
  }

  const DiscreteProblem& problem_;
  std::vector<int> order_;
  std::vector<std::int32_t> taken_;  // by depth
  std::vector<std::int32_t> best_;   // by item
  std::vector<Node> open_;
  double incumbent_ = 0;
};

struct DiscreteEntry : ToyEntry {
  static constexpr const char* name = "discrete";
  using Problem = DiscreteProblem;
  using Settings = Limits;
  using Solution = DiscreteSolution;
  template <class La>
  using Solver = BranchAndBound<La>;

  static Problem read(const Reader& in) {
    Problem problem{copyOf(in, "values"), copyOf(in, "weights"), in.number("capacity")};
    require(problem.values.size() == problem.weights.size(), "weights.length", problem.weights.size(),
            "expected as many as values");
    for (const double w : problem.weights) require(w > 0, "weights", w, "expected numbers > 0");
    for (const double v : problem.values) require(v > 0, "values", v, "expected numbers > 0");
    return problem;
  }
};

const RegisterSolver<DiscreteEntry> ofDiscrete;

}  // namespace
}  // namespace nonconvex::toys
