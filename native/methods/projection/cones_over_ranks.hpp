// Projection onto polyhedral cones whose rows are spread over ranks.
#pragma once

#include <memory>
#include <vector>

#include "core/communicator.hpp"
#include "methods/projection/polyhedral_cone.hpp"

namespace nonconvex {

/// Projections onto K = {v : s_k <x_k, v> >= 0 for the rows k of all ranks}, many cones over the same rows. What all
/// ranks hold are the rows that projections have met so far, a few for each cone: every rank projects onto the larger
/// cones of these, looks which of its own rows that violates, and hands the worst to all, until none is violated. So
/// all have the same projections, with the same bits, and what crosses are one number a cone and, once, those rows.
class ConesOverRanks {
 public:
  /// `xt` and `patterns` are of this rank's rows, as of ConeProjector.
  ConesOverRanks(const Cpu& la, Mat<const double> xt, Mat<const double> patterns, int groups,
                 std::shared_ptr<Ranks> ranks);

  /// Projects each listed group: p_g = Proj(b_g) into column g of `p`, and X p_g, of this rank's rows, into the column
  /// of `xp` that is its place in the list.
  void project(Vec<const int> list, Mat<const double> b, Mat<double> p, Mat<double> xp);

  /// An upper bound of ||Proj_g(q)||, as of ConeProjector, by the rows that all ranks hold.
  double normBound(int group, const double* q, double* work) const;

  /// Rows that all ranks hold.
  int rowsHeld() const { return held_.cols(); }

 private:
  struct Tuning;

  struct Violation {
    double by = 0;  // distance of the point from the row's half-space
    int row = 0;
  };

  void projectOnHeld(Vec<const int> list, Mat<const double> b, Mat<double> p);
  void look(Vec<const int> list, const std::vector<int>& places, Mat<const double> b, Mat<const double> p,
            Mat<double> xp);
  void findViolated(int group, const double* product, double tolerance, std::vector<Violation>& found) const;
  void handOut(const std::vector<int>& rows);
  void forget();
  void rebuild(HostMatrix<double> held, HostMatrix<double> heldPatterns, const std::vector<int>& places);

  const Cpu& la_;
  Mat<const double> xt_, patterns_;
  std::shared_ptr<Ranks> ranks_;
  int groups_;
  std::vector<double> norms_;                       // norms of this rank's rows
  std::vector<char> isHeld_;                        // rows of this rank that are held
  std::vector<std::vector<Violation>> violations_;  // violations by place in a list
  std::vector<int> owners_;                         // this rank's row of each held one, or -1
  HostMatrix<double> held_;                         // d x m
  HostMatrix<double> heldPatterns_;                 // m x P
  std::unique_ptr<ConeProjector> projector_;        // projector of the held rows; null if no row is held
  HostMatrix<double> products_;                     // m x groups: products with the held rows; workspace
  HostMatrix<double> points_, ownProducts_;         // d and n x Tuning::columnsAtOnce
  int atLastForgetting_ = 0;
};

}  // namespace nonconvex
