// Corrections of a point and of a dual point of the convex program of two-layer ReLU networks, squared loss.
#pragma once

#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/relu/certificate.hpp"
#include "solvers/relu/map.hpp"
#include "solvers/relu/prox.hpp"

namespace nonconvex {

/// A solver of first order finds the directions w_j = v_j / ||v_j|| of the columns in use soonest. With
/// h_j = +-D_i X w_j, the predictions of a column of length 1, both corrections are small dense problems for each
/// output:
///   lengths t that minimise 1/2 ||y - sum_j t_j h_j||^2 + lambda sum_j t_j, which are those of a feasible point;
///   the dual point next to theta for which the norms ||Proj(q_j)||, lambda for all j at an optimum, are so to first
///   order.
/// Scaling theta by its largest norm, which makes it feasible, then costs little: errors are those of second order.
class ReluCorrections {
 public:
  /// All must outlive this; the proximal step has blocks of one column.
  ReluCorrections(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, ReluProx<Cpu>& prox);

  /// Bytes that one takes.
  static double bytes(const ReluData& data, const ReluMap<Cpu>& map);

  /// Returns true if a program has the form that can be corrected, and the corrections fit in a share of the memory.
  static bool suit(const ReluData& data, const ReluMap<Cpu>& map, const kernels::Blocks& blocks,
                   const ReluSettings& settings, double available);

  /// Offers the certificate what the corrections make of the point of the proximal step and of a dual point, for
  /// outputs where these are good enough to be corrected. q = F^T theta is computed where it has no columns.
  void offer(Mat<const double> theta, Mat<const double> q, double tolerance, ReluCertificate<Cpu>& certificate);

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
  struct Tuning {
    /// measured: Columns of an output up to which it is corrected: a Gramian of more takes longer than iterations.
    static constexpr int mostColumns = 512;
    /// rounding: The share of a Gramian's trace that is added to its diagonal, as columns may be linearly dependent.
    static constexpr double ridge = 1e-12;
    /// measured: The gap from which an output is corrected, over the square root of the tolerance: a correction leaves
    /// about the square of an error, so that one further off does not reach the tolerance.
    static constexpr double within = 0.3;
    /// measured: Corrections of a dual point at a report: a third one gains little.
    static constexpr int mostOfDual = 2;
    /// safeguard: The share of the memory at hand that the corrections may take.
    static constexpr double shareOfMemory = 0.25;
  };

  /// Room to work, where one output after the other is corrected.
  struct Room {
    Cpu la;
    std::vector<int> places;                         // places of the columns in use, in the list of the proximal step
    std::vector<double> lengths;                     // lengths of the columns in use
    std::vector<int> columns;                        // columns of the weights that are zero, by column of `gradients`
    std::vector<double> rhs;                         // one number for each column of `gradients`
    int count = 0;                                   // columns of `gradients`: the ones in use, then others
    HostMatrix<double> gradients, gram, directions;  // n x most: h_j; most x most; d x most
  };

  bool listWanted(double tolerance, const ReluCertificate<Cpu>& certificate);
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
  std::vector<Room> rooms_;      // one room for each thread that works on outputs
  std::vector<double> factors_;  // new lengths over old ones, by place in the list of the proximal step
  HostMatrix<double> theta_, q_;
  std::vector<char> wanted_;  // one for each output
};

}  // namespace nonconvex
