// Certified margins of the rows of a data set.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/run.hpp"
#include "linalg/cpu.hpp"
#include "solvers/discrete/certifyNetwork/dense_layers.hpp"
#include "solvers/discrete/certifyNetwork/problem.hpp"
#include "solvers/discrete/certifyNetwork/row_certifier.hpp"

namespace nonconvex {

/// min margin(x + d) over all admissible d, for each row x: branch and bound over the signs of the neurons that are
/// concave in the margin, on the dual of the linear relaxation. A step is some nodes of each of a batch of rows, which
/// the pool shares out.
///
/// E. Wong, J. Z. Kolter, "Provable defenses against adversarial examples via the convex outer adversarial polytope",
/// ICML 2018.
class CertifyNetworkSolver {
 public:
  static constexpr bool decidesSolved = true;

  CertifyNetworkSolver(const Cpu& la, const CertifyNetworkProblem& problem, const CertifyNetworkSettings& settings);

  std::optional<Status> start() { return std::nullopt; }
  std::optional<Status> step();
  CertifyNetworkProgress progress() const;
  CertifyNetworkSolution solution() const;
  std::string explain(Status status) const;

 private:
  struct Tuning {
    static constexpr int batch = 32;  ///< safeguard: rows at a time, which the threads share
    static constexpr int nodes = 4;   ///< safeguard: nodes of a row between two reports
  };
  /// A row that is looked at.
  struct Active {
    int row = 0;
    std::unique_ptr<RowCertifier> certifier;
    bool done = false;
  };
  struct Counts {
    int certified = 0, attacked = 0, done = 0, settled = 0;
    double nodes = 0;
  };

  void retire();
  Counts counts() const;

  const Cpu& la_;
  Cpu serial_;
  const CertifyNetworkProblem& problem_;
  CertifyNetworkSettings settings_;
  DenseLayers network_;
  std::vector<CertifiedRow> rows_;
  std::vector<char> done_;  ///< rows that were looked at to the end
  std::vector<Active> active_;
  int next_ = 0;
};

}  // namespace nonconvex
