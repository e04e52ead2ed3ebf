#include "solvers/relu/prox.hpp"

#include "core/index.hpp"

namespace nonconvex {

struct ReluProx<Cpu>::Tuning {
  /// measured: Places of the list whose violations one task finds.
  static constexpr int placesAtOnce = 32;
};

double coneViolation(Mat<const double> masks, Vec<const int> list, Vec<const double> scale, Mat<const double> xp) {
  double worst = 0;
  for (int place = 0; place < list.size; ++place) {
    if (scale[place] == 0) continue;
    const double* pattern = masks.column(list[place] % masks.cols);
    const double* product = xp.column(place);
    double least = 0;
    for (int k = 0; k < xp.rows; ++k) least = std::min(least, (2 * pattern[k] - 1) * product[k]);
    worst = std::max(worst, -scale[place] * least);
  }
  return worst;
}

ReluProx<Cpu>::ReluProx(const Cpu& la, const ReluData& data, const ReluMap<Cpu>& map, const ReluMap<Cpu>& /*exact*/,
                        kernels::Blocks blocks)
    : la_(la), data_(data), map_(map), blocks_(blocks) {
  const int columns = map.columns();
  const int d = map.dimension();
  const auto count = static_cast<std::size_t>(columns);
  for (HostMatrix<double>* m : {&v_, &p_, &shift_}) *m = HostMatrix<double>(d, columns);
  xv_ = HostMatrix<double>(data.n, columns);
  fv_ = HostMatrix<double>(data.n, data.c);
  for (HostBuffer<double>* m : {&norms_, &scale_, &bounds_}) *m = HostBuffer<double>(count);
  points_ = HostMatrix<double>(3 * d + 2, columns);
  refined_.resize(static_cast<std::size_t>(blocks.count));
  list_.reserve(count);
  listed_.resize(count);
  worst_.resize(count / Tuning::placesAtOnce + 1);
  listBlocks();
}

void ReluProx<Cpu>::startCones() {
  if (data_.ranks) {
    coneRanks_ = std::make_unique<ConesOverRanks>(la_, map_.xt(), map_.masks(), map_.columns(), data_.ranks);
  } else {
    projector_ = std::make_unique<ConeProjector>(la_, map_.xt(), map_.masks(), map_.columns());
  }
}

/// p := the listed columns of b projected onto their cones, with their products with the rows where predictions are
/// made of these.
void ReluProx<Cpu>::projectListed(In b, double threshold) {
  knowsProducts_ = coneRanks_ || !map_.listsRows();
  if (coneRanks_) {
    coneRanks_->project(list(), b, p_, xv_);
  } else {
    projector_->project(list(), b, threshold, p_, knowsProducts_ ? xv_.view() : Mat<double>{});
  }
}

void ReluProx<Cpu>::allow(double violation) {
  if (!projector_) return;
  allowed_ = violation;
  projector_->allow(violation);
}

void ReluProx<Cpu>::makeExact(In b, double threshold) {
  if (allowed_ == ConeProjector::Tuning::feasibility) return;
  allow(ConeProjector::Tuning::feasibility);
  apply(b, threshold);
}

void ReluProx<Cpu>::setNorms(In m) {
  std::fill(norms_.data(), norms_.data() + blocks_.count, 0.0);
  for (int j = 0; j < m.cols; ++j) norm(blocks_.of(j)) += blas::dot(m.rows, m.column(j), m.column(j));
  for (int j = 0; j < blocks_.count; ++j) norm(j) = std::sqrt(norm(j));
}

double ReluProx<Cpu>::factor(int column, double threshold) const {
  const double length = norms_[static_cast<std::size_t>(blocks_.of(column))];
  return penalties::GroupNorm::factor(length, threshold);
}

void ReluProx<Cpu>::apply(In b, double threshold) {
  knowsShift_ = false;
  setNorms(b);
  list_.clear();
  for (int j = 0; j < map_.columns(); ++j) {  // a projection is never longer than its point
    const bool listed = norm(blocks_.of(j)) > threshold;
    listed_[static_cast<std::size_t>(j)] = listed;
    if (listed) {
      list_.push_back(j);
    } else {
      std::fill(p_.column(j), p_.column(j) + p_.rows(), 0.0);
    }
  }
  if (hasCones()) {
    projectListed(b, blocks_.members == 1 ? threshold : 0.0);
    setNorms(p_);
  } else {
    for (const int j : list_) std::copy(b.column(j), b.column(j) + p_.rows(), p_.column(j));
    map_.products(list(), p_, xv_);
    knowsProducts_ = true;
  }
  shrinkProjection(threshold);
  knowsShift_ = true;
}

void ReluProx<Cpu>::writeProducts() const {
  if (!knowsProducts_) map_.products(list(), p_, xv_);
  knowsProducts_ = true;
}

void ReluProx<Cpu>::setPredictions() {
  if (!knowsProducts_) {
    map_.forward(list(), v_, fv_);
  } else {
    map_.forward(list(), scale(), xv_, fv_);
  }
}

/// v := p with the norms of its blocks (in `norms_`) reduced by the threshold; its penalty and predictions.
void ReluProx<Cpu>::shrinkProjection(double threshold) {
  std::fill(v_.data(), v_.data() + v_.size(), 0.0);
  for (std::size_t place = 0; place < list_.size(); ++place) {
    const int j = list_[place];
    const double by = scale_[place] = factor(j, threshold);
    for (int i = 0; i < v_.rows(); ++i) v_(i, j) = by * p_(i, j);
  }
  penalty_ = 0;
  for (int j = 0; j < blocks_.count; ++j) penalty_ += std::max(0.0, norm(j) - threshold);
  if (!knowsProducts_) listNonzero();
  setPredictions();
}

/// Leaves in the list the columns that are not zero.
void ReluProx<Cpu>::listNonzero() {
  std::size_t left = 0;
  for (std::size_t place = 0; place < list_.size(); ++place) {
    if (scale_[place] == 0) continue;
    list_[left] = list_[place];
    scale_[left++] = scale_[place];
  }
  list_.resize(left);
}

void ReluProx<Cpu>::rescale(Vec<const double> factors) {
  penalty_ = 0;
  for (std::size_t place = 0; place < list_.size(); ++place) {
    const int j = list_[place];
    scale_[place] *= factors[static_cast<int>(place)];
    for (int i = 0; i < v_.rows(); ++i) v_(i, j) = scale_[place] * p_(i, j);
    penalty_ += blas::nrm2(v_.rows(), v_.column(j));
  }
  setPredictions();
}

void ReluProx<Cpu>::shrink(In point, double threshold, Mat<double> to) {
  setNorms(point);
  la_.tasks(point.cols, [&](int j) {
    const double by = factor(j, threshold);
    for (int i = 0; i < point.rows; ++i) to(i, j) = by * point(i, j);
  });
}

void ReluProx<Cpu>::project(In point) {
  list_.clear();
  for (int j = 0; j < point.cols; ++j) {
    const bool zero = std::all_of(point.column(j), point.column(j) + point.rows, [](double x) { return x == 0; });
    if (!zero) list_.push_back(j);
  }
  std::fill(p_.data(), p_.data() + p_.size(), 0.0);
  projectListed(point, 0.0);
  setNorms(p_);
  shrinkProjection(0.0);
}

double ReluProx<Cpu>::violation() const {
  if (!hasCones()) return 0;
  writeProducts();
  const int chunks = (list().size + Tuning::placesAtOnce - 1) / Tuning::placesAtOnce;
  la_.tasks(chunks, [&](int chunk) {
    const int first = chunk * Tuning::placesAtOnce;
    const int count = std::min(Tuning::placesAtOnce, list().size - first);
    worst_[at(chunk)] = coneViolation(map_.masks(), list().part(first, count), scale().part(first, count),
                                      Mat<const double>(xv_).columns(first, count));
  });
  const double own = chunks == 0 ? 0 : *std::max_element(worst_.begin(), worst_.begin() + chunks);
  return data_.ranks ? data_.ranks->max(own) : own;
}

void ReluProx<Cpu>::shiftByProjection(In b, double rho) {
  for (int j = 0; hasCones() && j < b.cols; ++j) {
    const bool known = knowsShift_ && listed_[static_cast<std::size_t>(j)] != 0;
    for (int i = 0; i < b.rows; ++i) shift_(i, j) = known ? rho * (p_(i, j) - b(i, j)) : 0.0;
  }
}

/// A bound without a projection: for any mu >= 0, ||Proj(q)|| <= ||q + G^T mu||. Two such mu cost no projection: the
/// multipliers of the iteration (`shift_` = G^T mu) and those on the rows active last. The second is asked for only
/// where the first leaves a block among the largest.
double ReluProx<Cpu>::largestDualNorm(In q) { return largestAmong(la_, q, blocksOf_.back()); }

void ReluProx<Cpu>::largestDualNorms(In q, Vec<double> largest) {
  const Cpu serial = la_.serial();
  la_.tasks(largest.size, [&](int output) { largest[output] = largestAmong(serial, q, blocksOf_[at(output)]); });
}

double ReluProx<Cpu>::largestAmong(const Cpu& la, In q, const std::vector<int>& blocks) {
  if (blocks.empty()) return 0;  // no pattern is active on any row
  boundByShifts(la, q, blocks);
  for (const int block : blocks) {
    norm(block) = squaredBound(block);
    refined_[at(block)] = 0;
  }
  for (;;) {
    const int largest =
        *std::max_element(blocks.begin(), blocks.end(), [&](int a, int b) { return norm(a) < norm(b); });
    char& refined = refined_[at(largest)];
    if (!hasCones() || refined) return std::sqrt(norm(largest));
    refined = 1;
    for (int k = 0; k < blocks_.members; ++k) {
      const int j = blocks_.column(largest, k);
      double* point = signedColumn(q, j);
      double& bound = bounds_[at(j)];
      bound = std::min(bound, normBound(j, point, point + q.rows));
    }
    norm(largest) = squaredBound(largest);
  }
}

/// Lists the blocks of each output, where an output's are its own, and all of them.
void ReluProx<Cpu>::listBlocks() {
  const int own = blocks_.members == 1 ? data_.c : 0;
  blocksOf_.resize(at(own + 1));
  for (int block = 0; block < blocks_.count; ++block) {
    if (own > 0) blocksOf_[at(block / blocks_.patterns % data_.c)].push_back(block);
    blocksOf_.back().push_back(block);
  }
}

/// Bounds of ||Proj(+-q_j)|| by q itself and with `shift_`, for the columns j of some blocks.
void ReluProx<Cpu>::boundByShifts(const Cpu& la, In q, const std::vector<int>& blocks) {
  const int columns = static_cast<int>(blocks.size()) * blocks_.members;
  la.tasks(
      columns,
      [&](int k) {
        const int j = blocks_.column(blocks[at(k / blocks_.members)], k % blocks_.members);
        double* point = signedColumn(q, j);
        double& bound = bounds_[at(j)];
        bound = blas::nrm2(q.rows, point);
        if (!hasCones()) return;
        for (int i = 0; i < q.rows; ++i) point[i] += shift_(i, j);
        bound = std::min(bound, blas::nrm2(q.rows, point));
      },
      6.0 * q.rows * columns);
}

/// The column of q that belongs to column j of the weights, with its sign, in work space.
double* ReluProx<Cpu>::signedColumn(In q, int j) {
  double* point = points_.column(j);
  for (int i = 0; i < q.rows; ++i) point[i] = map_.sign(j) * q(i, j % q.cols);
  return point;
}

double ReluProx<Cpu>::squaredBound(int block) const {
  double square = 0;
  for (int k = 0; k < blocks_.members; ++k) {
    const double bound = bounds_[static_cast<std::size_t>(blocks_.column(block, k))];
    square += bound * bound;
  }
  return square;
}

}  // namespace nonconvex
