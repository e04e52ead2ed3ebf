#include "solvers/discrete/certifyNetwork/row_certifier.hpp"

#include <algorithm>

namespace nonconvex {
namespace {

std::vector<Question> questionsOfRow(const CertifyNetworkProblem& problem, const DenseLayers& network, int row,
                                     const CertifyNetworkSettings& settings, const CertifyRow& at0) {
  std::vector<double> f(at(network.outputs()));
  network.outputs(at0.z, f);
  return questionsOf(problem, network, row, settings.classes, f);
}

}  // namespace

RowCertifier::RowCertifier(const Cpu& la, const CertifyNetworkProblem& problem, const DenseLayers& network,
                           const CertifyNetworkSettings& settings, int row)
    : la_(la),
      network_(network),
      settings_(settings),
      row_(problem, network, row),
      questions_(questionsOfRow(problem, network, row, settings, row_)),
      tree_(la, network, row_, questions_, settings) {
  if (problem.start.empty()) return;
  const std::size_t d = at(problem.x.columns);
  std::vector<double> change(d);
  row_.perturbation.nearest(std::span(problem.start).subspan(at(row) * d, d), change);
  tree_.offer(change);
}

bool RowCertifier::run(int nodes) {
  if (!search_) {
    if (settings_.method == CertifyMethod::interval) return boundQuestions(), true;
    tightenLayers(network_, row_, la_);
    if (settings_.method == CertifyMethod::lowRankSdp) return boundQuestions(), true;
    startTree(settings_.method == CertifyMethod::dual ? static_cast<double>(questions_.size()) : settings_.maxNodes);
  }
  for (int k = 0; k < nodes; ++k) {
    if (search_->step() || tree_.goal() == -infinity) return true;
  }
  return false;
}

void RowCertifier::startTree(double mostNodes) {
  search_.emplace(la_, tree_, TreeSettings{.order = TreeOrder::bestBound, .mostNodes = mostNodes});
  search_->start();
}

void RowCertifier::boundQuestions() {
  bounds_.assign(questions_.size(), -infinity);
  const bool semidefinite = settings_.method == CertifyMethod::lowRankSdp;
  const std::vector<double> none(row_.x.size());
  tree_.offer(none);
  for (std::size_t j = 0; j < questions_.size(); ++j) {
    bounds_[j] = semidefinite ? semidefiniteBound(network_, row_, questions_[j], settings_.seed, tree_.goal(), la_)
                              : intervalBound(network_, row_, questions_[j]);
  }
}

double RowCertifier::bound() const {
  if (search_) return std::min(search_->lowerBound(), tree_.objective());
  if (bounds_.empty()) return -infinity;
  return std::min(*std::min_element(bounds_.begin(), bounds_.end()), tree_.objective());
}

Verdict RowCertifier::verdict() const {
  if (margin() < 0) return Verdict::attacked;
  return bound() > 0 ? Verdict::robust : Verdict::undecided;
}

CertifiedRow RowCertifier::result() const {
  CertifiedRow made;
  made.margin = margin();
  made.bound = bound();
  made.verdict = verdict();
  const int question = tree_.worstQuestion();
  made.against = questions_[at(question)].number;
  made.nodes = nodes();
  made.x.assign(tree_.worst().begin(), tree_.worst().end());
  if (tree_.rootBound(question) > -infinity) {
    made.relaxation = tree_.rootBound(question);
    made.dual.assign(tree_.rootDual(question).begin(), tree_.rootDual(question).end());
  }
  if (!bounds_.empty()) made.relaxation = bounds_[at(question)];
  if (!tree_.leaves().empty()) {
    for (const auto& [number, node] : tree_.leaves()) {
      made.leaves.questions.push_back(questions_[at(node.question)].number);
      made.leaves.splits.insert(made.leaves.splits.end(), node.splits.begin(), node.splits.end());
      made.leaves.duals.insert(made.leaves.duals.end(), node.start.q.begin(), node.start.q.end());
    }
  }
  return made;
}

}  // namespace nonconvex
