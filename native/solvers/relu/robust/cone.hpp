// Projections onto cones of weights whose neuron keeps its activation pattern whatever an adversary adds to the rows:
// K = {v : s_k x_k . v >= radius ||v||_q for all k}, s_k = +-1.
#pragma once

#include <vector>

#include "linalg/views.hpp"
#include "methods/quadratic/bounded_quadratic.hpp"
#include "solvers/relu/worst_case_loss.hpp"

namespace nonconvex {

/// One cone. It is the intersection of half-spaces a . v >= 0 with a = s_k x_k - radius w, ||w||_p <= 1 on the inputs,
/// of which those that a point violates most are found as they are needed. The projection of b is p = b + sum_j mu_j
/// a_j with the mu >= 0 of least ||p||. Half-spaces with mu_j > 0 are kept for the next projection.
class RobustCone {
 public:
  /// `xt` is d x n: column k is x_k; `pattern` has n entries 0 or 1: s_k = 2 pattern - 1. Where `constrained` is not
  /// null, it says with n entries which rows the cone is of.
  RobustCone(Mat<const double> xt, const double* pattern, const char* constrained, const ReluAdversary& adversary,
             int inputs);

  /// p := Proj_K(b) to `accuracy` ||b|| ||x_k|| of each row's constraint. Whatever that is, any q in K has b . q <=
  /// ||p|| ||q||, so that ||p|| is an upper bound on the length of the projection.
  void project(const double* b, double* p);

  /// A vector with s_k x_k . v - radius ||v||_q >= 1/2 on all rows; false if only a long vector has it, so that the
  /// cone is too thin to matter.
  bool findInterior(double* v);

  /// The least s_k x_k . v - radius ||v||_q.
  double leastSlack(const double* v);

 private:
  struct Target {
    const double* b;    // null: the origin
    double wanted;      // the wanted s_k x_k . p - radius ||p||_q
    double sufficient;  // the value at which the search ends
    double longest;     // p at which it gives up
  };
  struct Tuning;

  bool approach(const Target& target, double* p);
  void solve(const Target& target, double* p);
  void writePoint(const Target& target, double* p) const;
  int addViolated(const Target& target, const double* p);
  bool add(int row, const double* p, double wanted);
  void forgetIdle();
  bool isConstrained(int k) const { return constrained_ == nullptr || constrained_[k] != 0; }
  int count() const { return static_cast<int>(rows_.size()); }

  Mat<const double> xt_;
  const double* pattern_;
  const char* constrained_;
  ReluAdversary adversary_;
  int inputs_, d_, n_, most_;
  double largestRow_ = 0;  // ||x_k||

  // The half-spaces: unit normals, what is wanted of them, and their Gram matrix.
  HostMatrix<double> normals_, gram_;
  std::vector<int> rows_;
  std::vector<double> wanted_, mu_;
  // Work space.
  BoundedQuadratic dual_;
  std::vector<double> missing_, slack_;
  std::vector<double> zeros_, infinities_;  // bounds of mu
  std::vector<int> violated_;
};

}  // namespace nonconvex
