// The proximal step of ReluSolver: norms of groups and, on the CPU, cones; and what the certificate asks about them.
#pragma once

#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "methods/projection/cones_over_ranks.hpp"
#include "methods/projection/polyhedral_cone.hpp"
#include "solvers/relu/map.hpp"

namespace nonconvex {

/// A feasible point of the convex program, in double precision.
template <class Space>
struct ReluPoint {
  Mat<const double, Space> v;  ///< d x columns
  Mat<const double, Space> f;  ///< F v
  double penalty = 0;          ///< sum of the norms of its blocks
};

/// The largest -(2 D_i - 1) x_k v_i of the listed columns v_j = scale_j p_j, given X p_j side by side.
double coneViolation(Mat<const double> masks, Vec<const int> list, Vec<const double> scale, Mat<const double> xp);

/// v := argmin lambda sum_i ||v_i|| + rho/2 ||v - b||^2 on a device. Cones are relaxed there; `project` has the CPU
/// bring a point to them.
template <LinAlg La>
class ReluProx {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;
  using In = Mat<const T, Space>;

  ReluProx(const La& la, const ReluData& data, const ReluMap<La>& map, const ReluMap<La, double>& exact,
           kernels::Blocks blocks);

  /// Makes ready for `project`.
  void startCones();

  /// v and F v of a point b.
  void apply(In b, double threshold);
  /// to := the point with the norms of its blocks reduced by the threshold.
  void shrink(In point, double threshold, Mat<T, Space> to);
  /// v := the projection of a point onto the cones.
  void project(In point);

  In v() const { return v_; }
  In fv() const { return fv_; }
  /// The last v; waits.
  ReluPoint<Space> point();
  double violation() const { return violation_; }

  /// Shifts that `largestDualNorm` may add: sums of constraint normals times multipliers >= 0, a column each.
  Mat<double, Space> shift() { return shift_; }
  /// Takes the shifts from the last projection of b, times rho; nothing to do without cones.
  void shiftByProjection(In /*b*/, double /*rho*/) {}
  /// max_i ||Proj_{K_i}(+-q_i)|| or an upper bound of it; waits.
  double largestDualNorm(Mat<const double, Space> q);

 private:
  template <class U>
  using Matrix = typename La::template Matrix<U>;
  Vec<double, Space> squares() const { return squares_.flat(); }

  const La& la_;
  const ReluMap<La>& map_;
  const ReluMap<La, double>& exact_;
  kernels::Blocks blocks_;
  Matrix<T> v_, fv_;
  Matrix<double> squares_, shifted_, factors_;  // one entry for each column
  HostMatrix<double> hostSquares_, hostShifted_;
  Converted<La, T, double> exactV_;
  Matrix<double> exactF_;
  bool projected_ = false;
  double violation_ = 0;

  // The cones, on the CPU.
  Cpu cpu_;
  HostMatrix<double> hostXt_, hostMasks_, point_, p_, xp_;
  std::unique_ptr<ConeProjector> projector_;
  Matrix<double> projection_, shift_;
};

template <LinAlg La>
ReluProx<La>::ReluProx(const La& la, const ReluData& data, const ReluMap<La>& map, const ReluMap<La, double>& exact,
                       kernels::Blocks blocks)
    : la_(la), map_(map), exact_(exact), blocks_(blocks) {
  const int columns = map.columns();
  v_ = la.template matrix<T>(map.dimension(), columns);
  fv_ = la.template matrix<T>(data.n, data.c);
  for (Matrix<double>* m : {&squares_, &shifted_, &factors_}) *m = la.template matrix<double>(columns, 1);
  for (HostMatrix<double>* m : {&hostSquares_, &hostShifted_}) *m = HostMatrix<double>(columns, 1);
  exactV_ = {la, map.dimension(), columns};
  exactF_ = la.template matrix<double>(data.n, data.c);
}

template <LinAlg La>
void ReluProx<La>::startCones() {
  const int n = fv_.rows();
  const int columns = map_.columns();
  const auto masks = la_.template matrix<double>(n, map_.patterns(), Uninitialized{});
  la_.copy(map_.masks(), masks.view());
  hostMasks_ = HostMatrix<double>(n, map_.patterns());
  la_.download(Mat<const double, Space>(masks), hostMasks_.view());
  hostXt_ = HostMatrix<double>(map_.dimension(), n);
  la_.download(exact_.xt(), hostXt_.view());
  for (HostMatrix<double>* m : {&point_, &p_}) *m = HostMatrix<double>(map_.dimension(), columns);
  xp_ = HostMatrix<double>(n, columns);
  projector_ = std::make_unique<ConeProjector>(cpu_, hostXt_, hostMasks_, columns);
  for (Matrix<double>* m : {&projection_, &shift_}) *m = la_.template matrix<double>(map_.dimension(), columns);
}

template <LinAlg La>
void ReluProx<La>::apply(In b, double threshold) {
  shrink(b, threshold, v_);
  map_.forward(v_, fv_);
}

template <LinAlg La>
void ReluProx<La>::shrink(In point, double threshold, Mat<T, Space> to) {
  la_.columnSums(point.rows, point.cols, kernels::SquaredEntry<T, Space>{point}, squares());
  la_.forEach(blocks_.count, kernels::Shrinkage<Space>{blocks_, threshold, squares(), factors_.flat()});
  la_.forEach(point.rows, point.cols, kernels::ScaledColumns<T, Space>{factors_.flat(), point, to});
}

template <LinAlg La>
void ReluProx<La>::project(In point) {
  la_.copy(point, projection_.view());
  la_.download(Mat<const double, Space>(projection_), point_.view());
  std::vector<int> list;
  for (int j = 0; j < point_.cols(); ++j) {
    if (blas::nrm2(point_.rows(), point_.column(j)) > 0) list.push_back(j);
  }
  const Vec<const int> listed{list.data(), static_cast<int>(list.size())};
  std::fill(p_.data(), p_.data() + p_.size(), 0.0);
  projector_->project(listed, point_, 0.0, p_, xp_);
  const std::vector<double> ones(list.size(), 1.0);
  violation_ = coneViolation(hostMasks_, listed, {ones.data(), listed.size}, xp_);
  la_.upload(Mat<const double>(p_), projection_.view());
  projected_ = true;
}

template <LinAlg La>
ReluPoint<typename La::Space> ReluProx<La>::point() {
  const auto withPenalty = [&](Mat<const double, Space> v, Mat<const double, Space> f) -> ReluPoint<Space> {
    la_.columnSums(v.rows, v.cols, kernels::SquaredEntry<double, Space>{v}, squares());
    return {v, f, la_.sum(blocks_.count, kernels::BlockNorm<Space>{blocks_, squares()})};
  };
  if constexpr (std::is_same_v<T, double>) {
    if (!projected_) return withPenalty(v_, fv_);
  }
  const Mat<const double, Space> v = projected_ ? Mat<const double, Space>(projection_) : exactV_(la_, v_);
  exact_.forward(v, exactF_);
  return withPenalty(v, exactF_);
}

template <LinAlg La>
double ReluProx<La>::largestDualNorm(Mat<const double, Space> q) {
  const int columns = map_.columns();
  la_.columnSums(q.rows, q.cols, kernels::SquaredEntry<double, Space>{q}, squares().part(0, q.cols));
  la_.download(Mat<const double, Space>(squares_), hostSquares_.view());
  for (int j = q.cols; j < columns; ++j) hostSquares_(j, 0) = hostSquares_(j - q.cols, 0);
  if (projector_) {
    la_.columnSums(q.rows, columns, kernels::SquaredShifted<Space>{q, shift_}, shifted_.flat());
    la_.download(Mat<const double, Space>(shifted_), hostShifted_.view());
    for (int j = 0; j < columns; ++j) hostSquares_(j, 0) = std::min(hostSquares_(j, 0), hostShifted_(j, 0));
  }
  double largest = 0;
  const kernels::BlockNorm<Host> norm{blocks_, hostSquares_.flat()};
  for (int block = 0; block < blocks_.count; ++block) largest = std::max(largest, norm(block));
  return largest;
}

/// The proximal step on the CPU, with the cones: v := argmin over the cones, exact, since a cone's projection and a
/// norm's shrinkage commute. Columns known to be zero are left out.
template <>
class ReluProx<Cpu> {
 public:
  using In = Mat<const double>;

  ReluProx(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, const ReluMap<Cpu>& exact,
           kernels::Blocks blocks);

  void startCones();
  void apply(In b, double threshold);
  /// Lets the next v lie outside of the cones by so much: ConeProjector::allow.
  void allow(double violation);
  /// v := the exact one of a point b, where the last one was allowed to lie outside.
  void makeExact(In b, double threshold);
  void shrink(In point, double threshold, Mat<double> to);
  void project(In point);

  In v() const { return v_; }
  In fv() const { return fv_; }
  ReluPoint<Host> point() { return {v_, fv_, penalty_}; }
  double violation() const;

  /// An orthonormal basis of the normals of the cone of column j that are active at v_j, which is not zero.
  In activeNormals(int j) const { return projector_->activeSet(j).basis(); }

  /// The columns that can be nonzero: v_j = scale p_j, with X p_j, each by its place in the list.
  Vec<const int> list() const { return {list_.data(), static_cast<int>(list_.size())}; }
  Vec<const double> scale() const { return {scale_.data(), static_cast<int>(list_.size())}; }
  /// The next is asked for after this.
  void writeProducts() const;
  const double* product(int place) const { return xv_.column(place); }
  /// Multiplies the listed columns of v by factors that are not negative.
  void rescale(Vec<const double> factors);

  Mat<double> shift() { return shift_; }
  /// The bound of a column's norm that the last `largestDualNorm` of its output had in the end.
  double bound(int column) const { return bounds_[static_cast<std::size_t>(column)]; }
  void shiftByProjection(In b, double rho);
  /// The largest norm among all outputs.
  double largestDualNorm(In q);
  /// Writes the largest norm of each output, where blocks are single columns.
  void largestDualNorms(In q, Vec<double> largest);

 private:
  struct Tuning;

  bool hasCones() const { return projector_ || coneRanks_; }
  void projectListed(In b, double threshold);
  double normBound(int column, const double* q, double* work) const {
    return coneRanks_ ? coneRanks_->normBound(column, q, work) : projector_->normBound(column, q, work);
  }
  void listNonzero();
  void setPredictions();
  double& norm(int block) { return norms_[static_cast<std::size_t>(block)]; }
  double factor(int column, double threshold) const;
  void setNorms(In m);
  void shrinkProjection(double threshold);
  void listBlocks();
  double largestAmong(const Cpu& la, In q, const std::vector<int>& blocks);
  void boundByShifts(const Cpu& la, In q, const std::vector<int>& blocks);
  double* signedColumn(In q, int j);
  double squaredBound(int block) const;

  const Cpu& la_;
  const ReluData& data_;
  const ReluMap<Cpu>& map_;
  kernels::Blocks blocks_;
  std::unique_ptr<ConeProjector> projector_;
  std::unique_ptr<ConesOverRanks> coneRanks_;  // the projection used instead if ranks have other rows

  HostMatrix<double> p_, v_;            // d x columns: projection, its shrinkage
  mutable HostMatrix<double> xv_;       // n x columns: X p of the listed columns
  mutable bool knowsProducts_ = false;  // what xv_ is to have is there
  HostMatrix<double> fv_;               // n x c
  std::vector<int> list_;               // columns that can be nonzero in v
  std::vector<char> listed_;            // true for each column in the list
  HostBuffer<double> norms_;            // the norm of each block
  HostBuffer<double> scale_;            // v_j = scale_j p_j, by place in the list
  double penalty_ = 0;                  // sum of the norms of v
  double allowed_ = ConeProjector::Tuning::feasibility;
  bool knowsShift_ = false;    // p - b is a sum of normals times multipliers >= 0: not within an interrupted step
  HostMatrix<double> shift_;   // d x columns
  HostMatrix<double> points_;  // work of bounds
  HostBuffer<double> bounds_;  // the bound of each column
  std::vector<char> refined_;  // true for each block that was refined
  mutable std::vector<double> worst_;       // violations by some places of the list
  std::vector<std::vector<int>> blocksOf_;  // blocks of each output, then all
};

}  // namespace nonconvex
