#include "solvers/discrete/certifyNetwork/margin_tree.hpp"

#include <algorithm>
#include <utility>

namespace nonconvex {

MarginTree::MarginTree(const Cpu& la, const DenseLayers& network, const CertifyRow& row,
                       std::span<const Question> questions, const CertifyNetworkSettings& settings)
    : la_(la),
      network_(network),
      row_(row),
      questions_(questions),
      goal_(settings.goal),
      tolerance_(settings.tolerance),
      keepsLeaves_(settings.proof),
      relaxations_(questions.size()),
      rootBounds_(questions.size(), -infinity),
      rootDuals_(questions.size()),
      worst_(row.x),
      x_(row.x.size()),
      z_(row.z.size()),
      slope_(row.x.size()),
      work_(row.z.size()),
      next_(row.x.size()) {
  const std::vector<double> zero(row.x.size());
  margin_ = marginAt(zero, worstQuestion_);
}

double MarginTree::marginAt(std::span<const double> d, int& question) {
  row_.perturbation.add(d, x_);
  network_.forward(x_, z_);
  const DenseLayer& last = network_.hidden().back();
  double least = infinity;
  for (std::size_t j = 0; j < questions_.size(); ++j) {
    double sum = questions_[j].constant;
    for (int k = 0; k < last.outputs; ++k) sum += questions_[j].v[at(k)] * std::max(0.0, z_[at(last.first + k)]);
    if (sum >= least) continue;
    least = sum;
    question = static_cast<int>(j);
  }
  return least;
}

void MarginTree::offer(std::span<const double> d) {
  std::copy(d.begin(), d.end(), next_.begin());
  double before = infinity;
  for (int step = 0; step < Tuning::descents; ++step) {
    int question = 0;
    const double margin = marginAt(next_, question);
    if (margin < margin_) {
      margin_ = margin;
      worst_ = x_;
      worstQuestion_ = question;
    }
    if (margin >= before) return;
    before = margin;
    // The margin is linear near this input: what is least for the linear function comes next.
    network_.slope(z_, questions_[at(question)].v, slope_, work_);
    for (double& entry : slope_) entry = -entry;
    row_.perturbation.support(slope_, next_);
  }
}

double MarginTree::goal() const {
  if (goal_ == CertifyGoal::margin) return margin_ - tolerance_;
  return margin_ < 0 ? -infinity : std::min(Tuning::positive, margin_ - tolerance_);
}

void MarginTree::root(OpenNodes<Node>& open) {
  for (std::size_t j = questions_.size(); j-- > 0;) {
    Node node;
    node.question = static_cast<int>(j);
    node.splits.resize(row_.z.size());
    node.start.q.resize(row_.z.size());
    // What the dual vector 0 proves.
    add(std::move(node), intervalBound(network_, row_, questions_[j]), open);
  }
}

void MarginTree::add(Node&& node, double bound, OpenNodes<Node>& open) {
  node.number = made_++;
  if (keepsLeaves_) leaves_[node.number] = node;
  open.add(std::move(node), bound);
}

MarginRelaxation& MarginTree::relaxation(int question) {
  std::unique_ptr<MarginRelaxation>& made = relaxations_[at(question)];
  if (!made) made = relaxationFor(network_, row_, questions_[at(question)]);
  return *made;
}

double MarginTree::bound(Node& node, TreeVisit&) {
  const bool isRoot = std::all_of(node.splits.begin(), node.splits.end(), [](int split) { return split == 0; });
  MarginRelaxation& relaxed = relaxation(node.question);
  node.bound = relaxed.improve(node.splits, node.start, goal(), la_);
  offer(relaxed.d());
  if (isRoot) {
    rootBounds_[at(node.question)] = node.bound;
    rootDuals_[at(node.question)] = node.start.q;
  }
  node.split = node.bound < goal() ? relaxed.chooseSplit(node.splits) : -1;
  if (keepsLeaves_) leaves_[node.number] = node;
  return node.bound;
}

void MarginTree::branch(const Node& node, OpenNodes<Node>& open) {
  if (node.split < 0) return;
  leaves_.erase(node.number);
  for (const int sign : {1, -1}) {
    Node child = node;
    child.splits[at(node.split)] = static_cast<std::int8_t>(sign);
    add(std::move(child), node.bound, open);
  }
}

}  // namespace nonconvex
