// Corrections of a point and of a dual point of the convex program of two-layer ReLU networks, squared loss.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// What a solver of first order has right soonest is the directions w_j = v_j / ||v_j|| of the columns in use. With
/// h_j = +-D_i X w_j, the predictions of a column of length 1, both corrections are small dense problems for each
/// output:
///   lengths t that minimise 1/2 ||y - sum_j t_j h_j||^2 + beta sum_j t_j, which are those of a feasible point;
///   the dual point next to theta for which the norms ||Proj(q_j)||, beta for all j at an optimum, are so to first
///   order.
/// Scaling theta by its largest norm, which makes it feasible, then costs little: errors are those of second order.
class ReluCorrections {
 public:
  /// All must outlive this; the proximal step has blocks of one column.
  ReluCorrections(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, ReluProx<Cpu>& prox);

  /// Bytes that one takes.
  static double bytes(const ReluData& data, const ReluMap<Cpu>& map);

  /// The point of the proximal step gets the best lengths, or those on the way to them where one would become negative,
  /// in the outputs that are wanted.
  void correctPoint(Vec<const char> wanted);
  /// Begins with a dual point theta, n x c, and q = F^T theta.
  void startDual(Mat<const double> theta, Mat<const double> q);
  /// Corrects the wanted outputs of the dual point, the norms of which the proximal step has bounded last.
  void correctDual(Vec<const char> wanted);

  Mat<const double> theta() const { return theta_; }
  Mat<const double> q() const { return q_; }

 private:
  // More columns of an output than that are not corrected: a Gramian of them would take longer than iterations.
  static constexpr int mostColumns = 512;
  // Of the trace: columns may be linearly dependent.
  static constexpr double ridge = 1e-12;

  /// Room to work, where one output after the other is corrected.
  struct Room {
    Cpu la;
    std::vector<int> places;                         // of the columns in use, in the list of the proximal step
    std::vector<double> lengths;                     // of these
    std::vector<int> columns;                        // of the weights, by column of `gradients`, where these are zero
    std::vector<double> rhs;                         // by column of `gradients`
    int count = 0;                                   // of columns of `gradients`: those in use, then others
    HostMatrix<double> gradients, gram, directions;  // n x most: h_j; most x most; d x most
  };

  static int most(const ReluData& data, const ReluMap<Cpu>& map);
  template <class F>
  void forOutputs(Vec<const char> wanted, const F& f);
  bool listUsed(Room& room, int output) const;
  void listExceeding(Room& room, int output) const;
  static bool factor(Room& room);
  void correctLengths(Room& room, int output);
  void correctTheta(Room& room, int output);

  const Cpu& la_;
  const ReluData& data_;
  const ReluMap<Cpu>& map_;
  ReluProx<Cpu>& prox_;
  std::vector<Room> rooms_;      // as many as threads work on outputs
  std::vector<double> factors_;  // by place in the list of the proximal step: new lengths over old ones
  HostMatrix<double> theta_, q_;
};

}  // namespace nonconvex
