// One row: its tree, and what is known of it at any time.
#pragma once

#include <optional>
#include <vector>

#include "solvers/discrete/certifyNetwork/margin_tree.hpp"

namespace nonconvex {

/// Certifies one row by the method of the settings. All references must outlive this.
class RowCertifier {
 public:
  RowCertifier(const Cpu& la, const CertifyNetworkProblem& problem, const DenseLayers& network,
               const CertifyNetworkSettings& settings, int row);

  /// Looks at so many nodes of the tree at most; returns true once the row is done. Throws Interrupted where the solve
  /// is to end; what follows is valid then, too.
  bool run(int nodes);
  double margin() const { return tree_.objective(); }
  double bound() const;
  double nodes() const { return search_ ? search_->nodes() : 0; }
  Verdict verdict() const;
  CertifiedRow result() const;

 private:
  void startTree(double mostNodes);
  void boundQuestions();

  const Cpu& la_;
  const DenseLayers& network_;
  const CertifyNetworkSettings& settings_;
  CertifyRow row_;
  std::vector<Question> questions_;
  MarginTree tree_;
  std::optional<TreeSearch<MarginTree>> search_;
  std::vector<double> bounds_;  ///< bounds of the questions, by a method without a tree
};

/// A bound of a question by the low-rank semidefinite relaxation; the dual vector of the linear one is not used.
double semidefiniteBound(const DenseLayers& network, const CertifyRow& row, const Question& question,
                         std::uint64_t seed, double goal, const Cpu& la);

}  // namespace nonconvex
