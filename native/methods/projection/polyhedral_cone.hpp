// Projection onto polyhedral cones K = {v : s_k <x_k, v> >= 0 for all k}, s_k = +-1, many cones over the same rows x_k,
// many times, each time from a point close to the last one.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// The constraints that hold with equality at a projection, with an orthonormal basis of their span: N = Q R, where the
/// columns of N are the unit normals. Kept between projections, so that the next one begins where the last one ended.
class ConeActiveSet {
 public:
  int size() const { return static_cast<int>(rows_.size()); }
  void clear() { rows_.clear(); }
  /// The active rows.
  const std::vector<int>& rows() const { return rows_; }
  /// An orthonormal basis of the span of the active normals, a vector a column.
  Mat<const double> basis() const { return {q_.data(), dimension_, size(), stride_}; }

 private:
  friend class ConeProjector;

  void reserve(int dimension, int size);
  double* q(int j) const { return q_.data() + static_cast<std::size_t>(j) * static_cast<std::size_t>(stride_); }
  double* r(int j) const;
  /// Columns begin where cache lines do.
  static int strideOf(int dimension);
  void intoSpan(const double* x, double* inSpan) const;
  void subtract(const double* inSpan, double* x) const;
  double decompose(const double* normal, double* inSpan, double* rest, double* coefficients) const;
  void append(int row, const double* inSpan, double* rest);
  void drop(int j, double* y, double* rotations);
  void projectOnCommonBoundary(const double* b, double* p, double* work) const;

  std::vector<int> rows_;
  HostBuffer<double> q_;   // dimension x capacity, columns a stride apart
  HostBuffer<double> r_;   // upper triangle, its columns one after the other
  HostBuffer<double> mu_;  // multipliers of the last projection
  int dimension_ = 0;
  int stride_ = 0;  // stride of q_
  int capacity_ = 0;
};

/// Exact projections by the dual active-set method of Goldfarb and Idnani (Math. Programming 27, 1983), warm-started.
/// The check of all rows is one matrix product for several cones together; between two such checks a cone looks only at
/// the rows that the last one found violated. Where the rows are in a core's cache and that product is not asked for it
/// is one in single precision, and rows too close to their boundary for it are looked at again.
class ConeProjector {
 public:
  struct Tuning {
    /// rounding: A row counts as violated below -feasibility ||x_k|| ||b||, far below what objectives can notice.
    static constexpr double feasibility = 1e-13;
    /// rounding: A projection of this share of its point or less is the origin.
    static constexpr double rounding = 1e-11;
    /// rounding: A normal whose distance from the span of the active ones is less depends on them.
    static constexpr double dependence = 1e-8;
    /// measured: Violated rows that a cone looks at between two checks of all rows.
    static constexpr int mostCandidates = 48;
    /// measured: Numbers of rows that stay in a core's cache: a thread then takes a few cones through all their rounds.
    /// More rows are read once a round, for all cones together.
    static constexpr std::size_t cached = 1 << 18;
    /// measured: Cones that a thread takes through their rounds together.
    static constexpr int few = 32;
    /// measured: Rows of a panel stand side by side, in few pages: a product with few cones takes half as long.
    static constexpr int panel = 32;
    /// measured: Rows whose signs are looked at together.
    static constexpr int piece = 64;
  };

  /// `xt` is d x n: column k is x_k. `patterns` is n x P with entries 0 or 1: s_k = 2 pattern - 1. Group g projects
  /// onto the cone of pattern g mod P.
  ConeProjector(const Cpu& la, Mat<const double> xt, Mat<const double> patterns, int groups);

  /// Projects each listed group: p_g = Proj(b_g) into column g of `p` (which may not alias `b`), and X p_g into the
  /// column of `xp` that is its place in the list, unless `xp` is empty. A group whose projection is found to be no
  /// longer than `threshold` is left at that: its p is then b + N mu with mu >= 0 and ||p|| <= threshold, and its X p
  /// is not set. With threshold 0 all are set.
  void project(Vec<const int> list, Mat<const double> b, double threshold, Mat<double> p, Mat<double> xp);

  /// Lets rows be violated by `violation` ||x_k|| ||b||, from the next projection on; `Tuning::feasibility` or more.
  void allow(double violation) { allowed_ = violation; }

  /// An upper bound of ||Proj_g(q)|| that costs no projection: ||q + N mu|| for some mu >= 0 on the rows active last.
  double normBound(int group, const double* q, double* work) const;

  /// The constraints that hold with equality at the last projection of a group that was not left as short.
  const ConeActiveSet& activeSet(int group) const { return sets_[static_cast<std::size_t>(group)]; }

  /// Begins where a projector of other rows has ended, which has no more to do: its row k is this one's row places[k],
  /// of those that are active.
  void takeActiveSets(ConeProjector& from, const std::vector<int>& places);

  long pivots() const { return pivots_; }

 private:
  /// The data that one thread projects with: the rows that a group adds next, and room to work.
  struct Scratch {
    std::vector<int> rows;
    HostMatrix<double> normals;  // normals of these rows, d x most, unit length, signed
    HostBuffer<double> work, inSpan, rest, coefficients, rotations, slack, slacks;
    std::vector<int> all;
    HostMatrix<double> points, products;    // points and products of a few cones that are settled together
    HostBuffer<float> directions, cosines;  // their unit vectors, in single precision
  };
  /// Scratch for as long as it lives.
  class Lease {
   public:
    explicit Lease(ConeProjector& projector, Scratch* own = nullptr);
    ~Lease();
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Scratch& operator*() const { return *scratch_; }

   private:
    ConeProjector& projector_;
    Scratch* scratch_;
    bool owned_;
  };
  /// The arguments of `project`.
  struct Request {
    Vec<const int> list;
    Mat<const double> b;
    double threshold = 0;
    Mat<double> p;
    Mat<double> xp;

    bool wantsProducts() const { return xp.cols > 0; }
  };

  /// Returns true if a thread takes a few cones through all their rounds.
  bool settlesFew() const { return x_.size() <= Tuning::cached; }

  void writeUnits();
  void reserve(Scratch& scratch) const;
  void settle(const Cpu& la, const Request& request, int first, int last, Scratch* scratch);
  int settleSome(const Cpu& la, const Request& request, int first, int count, Scratch* scratch);
  int screenSome(const Request& request, int first, int count, Scratch& scratch);
  bool settleOne(const Request& request, int place, double* product, Scratch& candidates);
  bool screenOne(const Request& request, int place, float* cosines, Scratch& candidates);
  bool resume(const Request& request, int place, double tolerance, Scratch& candidates);
  bool isShort(const Request& request, int place) const;
  void prefetch(int group) const;
  bool shortAsBefore(const Request& request, int place);
  void remember(const Request& request, int place);
  void warmStart(ConeActiveSet& set, const double* b, double* p, Scratch& scratch) const;
  void findViolated(int group, const double* xp, double tolerance, Scratch& found) const;
  void screen(int group, const double* p, double length, double tolerance, float* cosines, Scratch& found) const;
  template <class T>
  static void keepWorst(int count, const T& slack, Scratch& found);
  void writeNormals(int group, Scratch& candidates) const;
  int addToWorkingSet(ConeActiveSet& set, const double* b, double tolerance, double threshold, double* p,
                      Scratch& candidates) const;
  int activate(ConeActiveSet& set, int candidate, double* p, Scratch& candidates) const;
  void multiply(const Cpu& la, Mat<const double> points, Mat<double> products) const;
  double sign(int row, int group) const { return 2 * patterns_(row, group % patterns_.cols) - 1; }

  const Cpu& la_;
  Mat<const double> xt_;
  Mat<const double> patterns_;
  int d_;
  int n_;
  int panelRows_;                    // n where the rows are not in a core's cache
  HostBuffer<double> x_;             // n x d: panels of rows, by column
  HostBuffer<double> norms_;         // norms of the rows
  HostBuffer<float> units_, signs_;  // n x d: panels of rows of unit length; n x P: +-1. Where a few settle together
  std::vector<ConeActiveSet> sets_;  // one a group
  std::vector<Scratch> scratch_;     // one a thread
  std::vector<Scratch*> idle_;
  std::mutex idleMutex_;
  HostMatrix<double> points_;    // d x slots, gathered, where all cones go through rounds together
  HostMatrix<double> products_;  // n x slots
  std::vector<int> pending_;     // places in the list of the groups not yet settled
  std::vector<char> done_;       // slots of the round that are settled
  HostMatrix<double> shifts_;    // d x groups: p - b = N mu, mu >= 0, of the last projection that ended as short
  std::vector<char> wasShort_;   // groups whose last projection ended as short
  std::atomic<long> pivots_ = 0;
  double allowed_ = Tuning::feasibility;
};

}  // namespace nonconvex
