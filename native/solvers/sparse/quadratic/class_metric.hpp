// The Hessian of a loss of classes on some of their coefficients.
#pragma once

#include <span>
#include <vector>

#include "core/index.hpp"
#include "linalg/cpu.hpp"
#include "solvers/sparse/losses/loss.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/quadratic_form.hpp"

namespace nonconvex {

/// Entry e is the coefficient of a place of a GramMetric for one of K responses, given as place K + response. G has the
/// second derivatives of the loss by the entries, the intercepts at their best, of which there is one for each
/// response.
class ClassMetric final : public QuadraticForm {
 public:
  ClassMetric(const Cpu& la, const GramMetric& columns, int responses, bool intercept);

  /// Sets G by the derivatives of the loss, times `stretch`. `free` are places without penalty, where what all
  /// responses have in common changes nothing, if all are among the entries: it is held, by a share of the curvature of
  /// the first. False where G cannot be had.
  bool set(std::span<const int> entries, std::span<const int> free, double share, const RowsLoss& loss,
           std::span<const double> first, std::span<const double> second, double stretch);
  const std::vector<int>& entries() const { return entries_; }

  int size() const override { return static_cast<int>(entries_.size()); }
  double curvature(int entry) const override { return gram_(entry, entry); }
  void needGram() override {}
  bool hasGram() const override { return true; }
  const double* gram(int entry) const override { return gram_.column(entry); }

  /// Numbers of G and of the columns that its computation asks for, were there so many entries.
  double numbersFor(double entries) const;
  /// Takes from the gradients of the entries what the best intercepts change, which are pulled by `sums`.
  void reduce(std::span<const double> sums, std::span<double> gradients) const;
  /// moves := the changes of the intercepts that are best with a step.
  void intercepts(std::span<const double> sums, std::span<const double> step, std::span<double> moves) const;

 private:
  struct Tuning;
  void collectPanels();
  void fill(const RowsLoss& loss, std::span<const double> first, std::span<const double> second, double stretch);
  bool eliminate();
  /// The first entry of a response among those by responses, which is its intercept, and how many it has.
  int begin(int response) const { return begins_[at(response)]; }
  int count(int response) const { return begins_[at(response) + 1] - begins_[at(response)]; }

  const Cpu& la_;
  const GramMetric& columns_;
  int responses_;
  bool intercept_;
  std::vector<int> entries_;
  std::vector<int> begins_;            ///< of responses, and the end
  std::vector<int> order_;             ///< the entry at a place by responses, -1 for intercepts
  HostMatrix<double> panel_, block_;   ///< columns by responses, those of one response times weights
  HostMatrix<double> whole_, gram_;    ///< the Hessian by responses, and G by entries
  HostMatrix<double> corner_, mixed_;  ///< the factor of the intercepts' Hessian, and it with the entries: K x E
  HostMatrix<double> solved_;          ///< corner_^-1 mixed_
  mutable HostMatrix<double> small_;   ///< K x 1
  std::vector<double> weights_;
};

}  // namespace nonconvex
